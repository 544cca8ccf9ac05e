#@ Context ctx
/* Uses what most jobs use, once, so that Java can keep the classes (starter/class-archive.ts). */
import org.scijava.script.ScriptService

def scripts = ctx.getService(ScriptService)
[groovy: 'println "".replaceAll("a", "b"); [a: 1].collect { k, v -> k + v }', py: 'import os\nimport csv\nfrom ij import IJ'].each { extension, code ->
  scripts.getLanguageByExtension(extension)?.scriptEngine?.eval(code)
}
['runner', 'RunnerParameters', 'RunnerMacros', 'RunnerFailure', 'RunnerScripts', 'RunnerLeftovers', 'RunnerScreen'].each { Class.forName(it) }

File picture = File.createTempFile('training', '.tif')
def image = new ij.ImagePlus('training', new ij.process.ByteProcessor(64, 64))
new ij.plugin.filter.GaussianBlur().blurGaussian(image.processor, 2, 2, 0.01)
new ij.io.FileSaver(image).saveAsTiff(picture.path)
def opened = ij.IJ.openImage(picture.path)
opened.processor.setAutoThreshold('Otsu')
def table = new ij.measure.ResultsTable()
new ij.plugin.filter.ParticleAnalyzer(0, ij.measure.Measurements.AREA, table, 0, Double.MAX_VALUE).analyze(opened)
table.save(picture.path + '.csv')
new File(picture.path + '.csv').delete()
picture.delete()
