#@ Context ctx
/*
 * Does what most jobs do, once, so that Java can keep the classes (starter/faster-start.ts): one job in each language,
 * run as every job is. What goes wrong here ends Java with an error: half an archive would never be missed.
 */
def part = { String name -> Class.forName('Runner' + name) }
File folder = File.createTempDir()
String python = '''@param File picture
@param Integer radius
@param String output_directory
import csv, math, os
from ij import IJ
from ij.io import FileSaver
from ij.measure import Measurements, ResultsTable
from ij.plugin.filter import GaussianBlur, ParticleAnalyzer
image = IJ.openImage(picture.getAbsolutePath())
GaussianBlur().blurGaussian(image.getProcessor(), radius, radius, 0.01)
image.getProcessor().setAutoThreshold("Otsu")
table = ResultsTable()
ParticleAnalyzer(0, Measurements.AREA, table, 0, float("inf")).analyze(image)
table.save(os.path.join(output_directory, "table.csv"))
FileSaver(image).saveAsTiff(os.path.join(output_directory, "picture.tif"))
'''
String groovy = '''@param File picture
@param Integer radius
@param String output_directory
def image = ij.IJ.openImage(picture.path)
new ij.plugin.filter.GaussianBlur().blurGaussian(image.getProcessor(), radius, radius, 0.01d)
println([a: image.width].collect { key, value -> key + value.toString().replaceAll('a', 'b') })
new ij.io.FileSaver(image).saveAsTiff(new File(output_directory, 'picture.tif').path)
'''
try {
  File picture = new File(folder, 'picture.tif')
  new ij.io.FileSaver(new ij.ImagePlus('training', new ij.process.ByteProcessor(64, 64))).saveAsTiff(picture.path)
  def scripts = part('Scripts').newInstance(ctx, part('Parameters').newInstance(ctx), part('Macros').newInstance(), part('Failure').newInstance())
  def leftovers = part('Leftovers').newInstance(ctx)
  [py: python, groovy: groovy].each { extension, code ->
    File script = new File(folder, 'training.' + extension)
    // Written so because SciJava would take these lines for parameters of this file.
    script.text = code.replace('@param', '#@')
    scripts.warm(extension)
    leftovers.remember()
    Map outcome = scripts.run(script.path, folder.path, [['picture', 'string', picture.path], ['radius', 'number', '2']], part('Screen').newInstance())
    leftovers.clear()
    if (outcome.kind != 'success') throw new IllegalStateException(extension + ': ' + outcome)
  }
}
catch (Throwable thrown) {
  thrown.printStackTrace()
  Runtime.runtime.halt(1)
}
finally { folder.deleteDir() }
