// Count and measure nuclei: one image in, one table and one picture out.
//
// Every `#@` line is a parameter: a job file gives its value under the same name, and without one the default holds.
// ImageJ's classes are called directly, because IJ.run(...) and the ROI Manager want a screen and the machines that
// run this have none.

#@ File image
#@ String Plate
#@ String Position
#@ Double (value=1.5) smoothing
#@ Integer (value=25) background_radius
#@ Integer (value=40) smallest_nucleus
#@ Integer (value=3000) largest_nucleus
#@ File output_directory

import ij.IJ
import ij.ImagePlus
import ij.io.FileSaver
import ij.measure.Measurements
import ij.measure.ResultsTable
import ij.plugin.filter.BackgroundSubtracter
import ij.plugin.filter.EDM
import ij.plugin.filter.GaussianBlur
import ij.plugin.filter.ParticleAnalyzer
import ij.process.AutoThresholder
import ij.process.ByteProcessor
import ij.process.ImageProcessor
import java.awt.Color

// 1. Open. For a file it cannot read ImageJ gives null, not an error: say so here, where the name is known.
def imp = IJ.openImage(image.path)
if (imp == null) throw new IOException("ImageJ cannot read ${image}")
def pixels = imp.getProcessor().convertToByteProcessor(false)

// 2. Even out: blur the camera's noise, subtract what changes slowly.
def even = pixels.duplicate()
new GaussianBlur().blurGaussian(even, smoothing)
new BackgroundSubtracter().rollingBallBackground(even, background_radius, false, false, false, false, false)

// 3. Threshold, then cut touching nuclei at the waist between them.
int threshold = new AutoThresholder().getThreshold(AutoThresholder.Method.Otsu, even.getHistogram())
even.threshold(threshold)
new EDM().toWatershed(even)

// 4. Find them. Nuclei cut by the edge are left out: their size would be wrong.
even.setThreshold(255, 255, ImageProcessor.NO_LUT_UPDATE)
def table = new ResultsTable()
def finder = new ParticleAnalyzer(
    ParticleAnalyzer.SHOW_ROI_MASKS | ParticleAnalyzer.EXCLUDE_EDGE_PARTICLES | ParticleAnalyzer.INCLUDE_HOLES,
    Measurements.AREA | Measurements.CENTROID | Measurements.SHAPE_DESCRIPTORS,
    table, smallest_nucleus, largest_nucleus)
finder.setHideOutputImage(true)
if (!finder.analyze(new ImagePlus('nuclei', even))) throw new IllegalStateException('the particle analyzer failed')
def labels = finder.getOutputImage().getProcessor() // 0 outside, 1 in the first nucleus, 2 in the second, ...
int nuclei = table.size()

// 5. Brightness of each nucleus in the image as it was, before any smoothing.
def sum = new long[nuclei + 1]
def count = new int[nuclei + 1]
for (int i = 0; i < labels.getPixelCount(); i++) {
    sum[labels.get(i)] += pixels.get(i)
    count[labels.get(i)]++
}

// 6. One row for each nucleus, with the columns that say where it came from: tables of many jobs then join without thought.
def file = new File(output_directory, "${Plate}_${Position}_nuclei.csv")
file.withWriter('UTF-8') { out ->
    out.println('Plate,Position,Nucleus,X,Y,Area,Circularity,Mean')
    for (int n = 1; n <= nuclei; n++) {
        def number = { String column -> String.format(Locale.ROOT, '%.2f', table.getValue(column, n - 1)) }
        def mean = String.format(Locale.ROOT, '%.2f', sum[n] / (double) count[n])
        out.println("${Plate},${Position},${n},${number('X')},${number('Y')},${number('Area')},${number('Circ.')},${mean}")
    }
}

// 7. A picture to check by eye: each nucleus outlined in a colour of its own.
def picture = pixels.duplicate()
picture.setMinAndMax(0, Math.max(1, pixels.getStats().max * 0.7))
picture = picture.convertToRGB()
for (int y = 0; y < labels.height; y++) for (int x = 0; x < labels.width; x++) {
    int n = labels.get(x, y)
    boolean edge = n && (labels.getPixel(x - 1, y) != n || labels.getPixel(x + 1, y) != n ||
        labels.getPixel(x, y - 1) != n || labels.getPixel(x, y + 1) != n)
    if (edge) picture.set(x, y, Color.HSBtoRGB((float) (n * 0.618), 0.75f, 1f))
}
if (!new FileSaver(new ImagePlus('nuclei', picture)).saveAsPng(new File(output_directory, "${Plate}_${Position}_nuclei.png").path))
    throw new IOException("cannot write to ${output_directory}")

println "${image.name}: threshold ${threshold}"
// For colours and numbers on the page of pictures.
println "value: ${nuclei} nuclei"
