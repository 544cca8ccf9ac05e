/**
 * The one table of allowed imports: a folder of lib/ -> the other folders of lib/ it may import.
 * errors.ts, nearest.ts and plural.ts may be imported by all. A folder that is not listed may import nothing but these.
 */
const allowed = {
  // UPLOAD_FLAGS is refused with the rest of a bad config, in the words of what reads it later.
  config: ['store/upload-flags.ts'],
  aws: [],
  jobs: ['store'],
  queue: ['aws', 'jobs'],
  store: ['aws'],
  records: ['store', 'jobs'],
  fiji: [],
  worker: ['aws', 'jobs', 'queue', 'store', 'records', 'fiji'],
  monitor: ['aws', 'config', 'records/key.ts', 'records/record.ts', 'worker/settings.ts'],
  // `local` starts the bundled worker by its path, as ECS does: it sees the worker's settings, never its code.
  local: [
    'aws',
    'config',
    'jobs',
    'queue',
    'store',
    'records',
    'fiji',
    'report',
    'worker/settings.ts',
    'worker/bundle.ts',
  ],
  report: ['records', 'store', 'jobs'],
  infrastructure: ['aws', 'config', 'monitor', 'records/record.ts', 'worker/settings.ts', 'worker/bundle.ts'],
  // Of the infrastructure only what an image's name says: CDK itself is a process that it starts.
  deployment: ['aws', 'config', 'monitor/settings.ts', 'records/record.ts', 'infrastructure/image.ts'],
  // The script is fetched, and inputs are known, by the same code as a worker's: what is checked before a run is what
  // the run uses.
  cli: [
    'aws',
    'config',
    'jobs',
    'queue',
    'store',
    'records',
    'fiji',
    'local',
    'report',
    'monitor',
    'deployment',
    'worker/input-patterns.ts',
    'worker/input-reference.ts',
    'worker/script.ts',
  ],
};

const layer = (name) => ({
  name: `imports-of-${name}`,
  severity: 'error',
  comment: `lib/${name} may import: ${[...allowed[name], 'errors.ts', 'nearest.ts', 'plural.ts'].join(', ')}`,
  from: { path: `^lib/${name}/` },
  to: {
    path: '^lib/',
    pathNot: [
      `^lib/${name}/`,
      '^lib/(errors|nearest|plural)\\.ts$',
      ...allowed[name].map((to) => `^lib/${to.replace('.', '\\.')}${to.includes('.') ? '$' : '/'}`),
    ],
  },
});

module.exports = {
  forbidden: [
    ...Object.keys(allowed).map(layer),
    {
      name: 'what-all-import-imports-nothing',
      severity: 'error',
      from: { path: '^lib/(errors|nearest|plural)\\.ts$' },
      to: { path: '^(lib|bin)/' },
    },
    {
      name: 'cdk-only-in-infrastructure',
      severity: 'error',
      from: { pathNot: '^(lib/infrastructure/|bin/app\\.ts$|bench/synth/)' },
      to: { path: 'node_modules/(aws-cdk-lib|constructs)/' },
    },
    {
      name: 'nothing-imports-cli',
      severity: 'error',
      from: { pathNot: '^(lib/cli/|bin/)' },
      to: { path: '^lib/cli/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^lib/', pathNot: '^lib/errors\\.ts$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.cjs'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node'],
    },
  },
};
