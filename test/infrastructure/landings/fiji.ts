import { Match } from '../synth.ts';
import { container, environment, monitorSetting, all, type Landing } from './landing.ts';

export const fiji = {
  MEMORY: {
    other: { MEMORY: 4321 },
    lands: all(
      container((config) => ({ Memory: config.MEMORY, MemoryReservation: Match.absent() })),
      environment('MEMORY', (config) => config.MEMORY),
      monitorSetting('MEMORY', (config) => config.MEMORY),
    ),
  },
  DOCKER_CORES: {
    other: { DOCKER_CORES: 1 },
    lands: environment('CORES', (config) => config.DOCKER_CORES),
  },
  CPU_SHARES: {
    other: { CPU_SHARES: 700 },
    lands: container((config) => ({ Cpu: config.CPU_SHARES })),
  },
  SECONDS_TO_START: {
    other: { SECONDS_TO_START: 30, TASKS_PER_MACHINE: 2, MEMORY: 3000 },
    lands: environment(
      'START_WITHIN_SECONDS',
      (config) => config.SECONDS_TO_START * (config.TASKS_PER_MACHINE - 1),
    ),
  },
  JOBS_PER_FIJI: {
    other: { JOBS_PER_FIJI: 25 },
    lands: environment('JOBS_PER_FIJI', (config) => config.JOBS_PER_FIJI),
  },
  VIRTUAL_DISPLAY: {
    other: { VIRTUAL_DISPLAY: true },
    lands: environment('VIRTUAL_DISPLAY', (config) => config.VIRTUAL_DISPLAY),
  },
  JOB_TIMEOUT_MINUTES: {
    other: { JOB_TIMEOUT_MINUTES: 12.5 },
    lands: environment('JOB_TIMEOUT_MINUTES', (config) => config.JOB_TIMEOUT_MINUTES),
  },
} as const satisfies Readonly<Record<string, Landing>>;
