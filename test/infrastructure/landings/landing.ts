/** What the tables of landings are written in: one entry an option, saying where in the template it must be found. */
import { type Config, type ConfigInput, derive } from '../../../lib/config/index.ts';
import { Match, type Template, userDataOf } from '../synth.ts';

export interface Landing {
  /** A value that is neither configuration's own, with whatever else it needs. */
  readonly other: ConfigInput;
  /** Undefined: nothing in AWS is made of it. */
  readonly lands?: (template: Template, config: Config) => void;
}

export const container =
  (properties: (config: Config) => Record<string, unknown>) =>
  (template: Template, config: Config): void => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike(properties(config))],
    });
  };

export const environment = (name: string, value: (config: Config) => unknown) =>
  container((config) => ({
    Environment: Match.arrayWith([{ Name: name, Value: String(value(config)) }]),
  }));

export const group =
  (properties: (config: Config) => Record<string, unknown>) =>
  (template: Template, config: Config): void => {
    template.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', properties(config));
  };

export const launchTemplate =
  (data: (config: Config) => Record<string, unknown>) =>
  (template: Template, config: Config): void => {
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', { LaunchTemplateData: data(config) });
  };

export const hostSetting =
  (line: (config: Config) => string) =>
  (template: Template, config: Config): void => {
    expect(userDataOf(template)).toContain(`\n${line(config)}\n`);
  };

export const monitorSetting =
  (name: string, value: (config: Config) => unknown) =>
  (template: Template, config: Config): void => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: derive(config).monitorFunctionName,
      Environment: { Variables: Match.objectLike({ [name]: String(value(config)) }) },
    });
  };

export const jobQueue =
  (properties: (config: Config) => Record<string, unknown>) =>
  (template: Template, config: Config): void => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: config.SQS_QUEUE_NAME,
      ...properties(config),
    });
  };

export const all =
  (...landings: readonly NonNullable<Landing['lands']>[]): NonNullable<Landing['lands']> =>
  (template, config) => {
    for (const lands of landings) lands(template, config);
  };

export function diskBytes(config: Config): number {
  return Math.floor((config.EBS_VOL_SIZE / config.TASKS_PER_MACHINE - 2) * 1e9);
}
