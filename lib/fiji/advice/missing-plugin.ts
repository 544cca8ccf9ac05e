/** Which plugin a missing class belongs to, and how to get it. Update sites as listed by Fiji's updater. */

interface Plugin {
  readonly name: string;
  /** Absent when Fiji itself brings it. */
  readonly updateSites?: string;
}

const PLUGINS: readonly (readonly [prefix: string, plugin: Plugin])[] = [
  ['loci', { name: 'Bio-Formats' }],
  ['ome', { name: 'Bio-Formats' }],
  ['de.csbdresden.stardist', { name: 'StarDist', updateSites: 'StarDist, CSBDeep, TensorFlow' }],
  ['de.csbdresden', { name: 'CSBDeep', updateSites: 'CSBDeep, TensorFlow' }],
  ['org.tensorflow', { name: 'TensorFlow', updateSites: 'TensorFlow' }],
  ['net.haesleinhuepf.clij2', { name: 'CLIJ2', updateSites: 'clij, clij2' }],
  ['net.haesleinhuepf', { name: 'CLIJ', updateSites: 'clij, clij2' }],
  ['mcib3d', { name: '3D ImageJ Suite', updateSites: '3D ImageJ Suite' }],
  ['mcib_plugins', { name: '3D ImageJ Suite', updateSites: '3D ImageJ Suite' }],
  ['inra.ijpb', { name: 'MorphoLibJ', updateSites: 'IJPB-plugins' }],
  ['fiji.plugin.trackmate', { name: 'TrackMate' }],
  ['net.imglib2', { name: 'ImgLib2' }],
  ['net.imagej', { name: 'ImageJ2' }],
  ['io.scif', { name: 'SCIFIO' }],
  ['sc.fiji', { name: "one of Fiji's own plugins" }],
  ['fiji', { name: "one of Fiji's own plugins" }],
  ['deepimagej', { name: 'deepImageJ', updateSites: 'DeepImageJ' }],
  ['ch.epfl.biop', { name: 'a BIOP plugin', updateSites: 'PTBIOP' }],
  ['trainableSegmentation', { name: 'Trainable Weka Segmentation' }],
  ['org.bytedeco', { name: 'JavaCPP (OpenCV, FFmpeg)', updateSites: 'IJ-OpenCV-plugins' }],
];

/** As Groovy, Jython, Java and SciJava say it. */
const SAYINGS = [
  /unable to resolve class ([\w.$]+)/,
  // Python names only the first part of a package: the line of the script has the rest.
  /No module named .*: (?:from|import) ([\w.$]+)/,
  /No module named ([\w.$]+)/,
  /ClassNotFoundException:? ?([\w.$]*)/,
  /NoClassDefFoundError:? ?([\w./$]*)/,
  /cannot import name .*: from ([\w.$]+)/,
  /package ([\w.]+) does not exist/,
  /Unrecognized command: "([^"]+)"/,
];

/** A sentence naming what is missing and the way to get it; undefined when nothing is missing. */
export function missingPlugin(told: string): string | undefined {
  for (const saying of SAYINGS) {
    for (const line of told.split('\n')) {
      const name = saying.exec(line)?.[1]?.replaceAll('/', '.');
      if (!name) continue;
      const plugin = PLUGINS.find(([prefix]) => name === prefix || name.startsWith(`${prefix}.`))?.[1];
      if (plugin !== undefined) return sentence(plugin, name);
      if (saying.source.startsWith('Unrecognized'))
        return `This Fiji has no command "${name}": a plugin or its update site is missing (docs/scripts.md, Plugins)`;
    }
  }
  return undefined;
}

function sentence(plugin: Plugin, name: string): string {
  return plugin.updateSites === undefined
    ? `This Fiji lacks ${plugin.name} (${name}), which a full Fiji has: set FIJI_HOME, or DOCKERHUB_TAG, to a full Fiji (docs/scripts.md, Plugins)`
    : `This Fiji lacks ${plugin.name} (${name}): add the update site${plugin.updateSites.includes(',') ? 's' : ''} ${plugin.updateSites} to it, and freeze them into the image (docs/scripts.md, Plugins)`;
}
