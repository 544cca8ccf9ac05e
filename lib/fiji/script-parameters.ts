/**
 * Reads the `#@` lines of a script without starting Java: what a dry run checks a job file against. The rules are those
 * of SciJava's ParameterScriptProcessor (test/fiji/script-parameters.test.ts compares the two); the check inside Fiji
 * stays the one that decides.
 */
import { readAttributes, type AttributeValue } from './script-attributes.ts';

export interface ScriptParameter {
  readonly name: string;
  /** As the script declares it: String, Integer, File, Boolean, ImagePlus, ... */
  readonly type: string;
  /** False for `required=false` and for a message that is only shown. */
  readonly required: boolean;
  /** The `value` attribute; a parameter that has one need not be given. */
  readonly default?: string;
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** Of a File: `save` for one that the script makes. */
  readonly style?: string;
}

/** A job must give it: Fiji has nobody to ask, and would use whatever an earlier run was given. */
export function mustBeGiven(parameter: ScriptParameter): boolean {
  return parameter.required && parameter.default === undefined && parameter.name !== OUTPUT_DIRECTORY;
}

const IMAGES = new Set([
  'ImagePlus',
  'ImageProcessor',
  'Dataset',
  'ImgPlus',
  'Img',
  'RandomAccessibleInterval',
  'ImageDisplay',
  'DatasetView',
]);

/** Whether Fiji would take the image that is open, which is none when a job starts; no text or number becomes one. */
export function isImage({ type }: ScriptParameter): boolean {
  return IMAGES.has(simpleName(type).replace(/<.*/, ''));
}

/** A script that declares this and is not given it gets its own output folder's absolute path. */
export const OUTPUT_DIRECTORY = 'output_directory';

/**
 * The parameters that a job can give, in the order declared. Outputs, `#@script(...)` and what Fiji itself fills in
 * (Context, services, gateways, loggers) are not among them.
 */
export function readScriptParameters(text: string): ScriptParameter[] {
  const parameters: ScriptParameter[] = [];
  let header = true;
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    let declaration: string | undefined;
    if (line.startsWith('#@')) declaration = line.slice(2);
    else if (header && /^\W*[^\w#]@/.test(line)) declaration = line.slice(line.indexOf('@') + 1);
    else if (/\w/.test(line)) header = false;
    const parameter = declaration === undefined ? undefined : readDeclaration(declaration);
    if (parameter) parameters.push(parameter);
  }
  return parameters;
}

function readDeclaration(declaration: string): ScriptParameter | undefined {
  const open = declaration.indexOf('(');
  const close = declaration.lastIndexOf(')');
  if (close < open) return undefined;
  const attributes =
    open < 0 ? new Map<string, AttributeValue>() : readAttributes(declaration.slice(open + 1, close));
  const tokens = (open < 0 ? declaration : declaration.slice(0, open) + declaration.slice(close + 1))
    .trim()
    .split(/[ \t]+/);

  let [type, name] = tokens;
  let direction = String(attributes.get('type') ?? 'INPUT').toUpperCase();
  if (/^(input|output|both)$/i.test(type ?? '')) {
    direction = String(type).toUpperCase();
    if (tokens.length === 2) type = 'Object';
    else if (tokens.length === 3) [, type, name] = tokens;
    else return undefined;
  }
  if (type === undefined || name === undefined || direction === 'OUTPUT' || isFilledInByFiji(type))
    return undefined;
  return toParameter(name, type, attributes);
}

function toParameter(name: string, type: string, attributes: Map<string, AttributeValue>): ScriptParameter {
  const text = (key: string) => {
    const value = attributes.get(key);
    return value === undefined || Array.isArray(value) ? undefined : value;
  };
  const number = (key: string) => {
    const value = text(key);
    return value === undefined || value.trim() === '' || Number.isNaN(Number(value))
      ? undefined
      : Number(value);
  };
  const choices = attributes.get('choices');
  const fallback = text('value');
  const min = number('min');
  const max = number('max');
  const style = text('style');
  return {
    name,
    type,
    required: text('required')?.toLowerCase() !== 'false' && text('visibility')?.toUpperCase() !== 'MESSAGE',
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(choices === undefined ? {} : { choices: Array.isArray(choices) ? choices : [choices] }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(style === undefined ? {} : { style }),
  };
}

const FILLED_IN = new Set([
  'Context',
  'Logger',
  'Gateway',
  'SciJava',
  'ImageJ',
  'PluginInfo',
  'ScriptModule',
  'ModuleInfo',
]);

function isFilledInByFiji(type: string): boolean {
  const simple = simpleName(type);
  return simple.endsWith('Service') || FILLED_IN.has(simple);
}

function simpleName(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}
