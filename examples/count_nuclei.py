# Count and measure nuclei: one image in, one table and one picture out. The same steps as count_nuclei.groovy, in Jython.
#
# Every `#@` line is a parameter: a job file gives its value under the same name, and without one the default holds.
# ImageJ's classes are called directly, because IJ.run(...) and the ROI Manager want a screen and the machines that
# run this have none.

#@ File image
#@ String Plate
#@ String Position
#@ Double (value=1.5) smoothing
#@ Integer (value=25) background_radius
#@ Integer (value=40) smallest_nucleus
#@ Integer (value=3000) largest_nucleus
#@ File output_directory

import io
from java.awt import Color
from java.io import File, IOException
from ij import IJ, ImagePlus
from ij.io import FileSaver
from ij.measure import Measurements, ResultsTable
from ij.plugin.filter import BackgroundSubtracter, EDM, GaussianBlur, ParticleAnalyzer
from ij.process import AutoThresholder, ImageProcessor

# 1. Open. For a file it cannot read ImageJ gives None, not an error: say so here, where the name is known.
imp = IJ.openImage(image.path)
if imp is None:
    raise IOException(u'ImageJ cannot read %s' % image)
pixels = imp.getProcessor().convertToByteProcessor(False)

# 2. Even out: blur the camera's noise, subtract what changes slowly.
even = pixels.duplicate()
GaussianBlur().blurGaussian(even, smoothing)
BackgroundSubtracter().rollingBallBackground(even, background_radius, False, False, False, False, False)

# 3. Threshold, then cut touching nuclei at the waist between them.
threshold = AutoThresholder().getThreshold(AutoThresholder.Method.Otsu, even.getHistogram())
even.threshold(threshold)
EDM().toWatershed(even)

# 4. Find them. Nuclei cut by the edge are left out: their size would be wrong.
even.setThreshold(255, 255, ImageProcessor.NO_LUT_UPDATE)
table = ResultsTable()
finder = ParticleAnalyzer(
    ParticleAnalyzer.SHOW_ROI_MASKS | ParticleAnalyzer.EXCLUDE_EDGE_PARTICLES | ParticleAnalyzer.INCLUDE_HOLES,
    Measurements.AREA | Measurements.CENTROID | Measurements.SHAPE_DESCRIPTORS,
    table, smallest_nucleus, largest_nucleus)
finder.setHideOutputImage(True)
if not finder.analyze(ImagePlus('nuclei', even)):
    raise RuntimeError('the particle analyzer failed')
labels = finder.getOutputImage().getProcessor()  # 0 outside, 1 in the first nucleus, 2 in the second, ...
nuclei = table.size()

# 5. Brightness of each nucleus in the image as it was, before any smoothing.
#    Whole arrays at once: reading pixel by pixel through get(x, y) is slow in Jython.
label_of = labels.getPixels()
value_of = pixels.getPixels()
total = [0] * (nuclei + 1)
count = [0] * (nuclei + 1)
for i in range(len(label_of)):
    total[label_of[i]] += value_of[i] & 0xff  # Java's bytes are signed
    count[label_of[i]] += 1

# 6. One row for each nucleus, with the columns that say where it came from: tables of many jobs then join by themselves.
name = u'%s_%s_nuclei' % (Plate, Position)
with io.open(File(output_directory, name + u'.csv').path, 'w', encoding='utf-8') as out:
    out.write(u'Plate,Position,Nucleus,X,Y,Area,Circularity,Mean\n')
    for n in range(1, nuclei + 1):
        x, y, area, circularity = [table.getValue(column, n - 1) for column in ('X', 'Y', 'Area', 'Circ.')]
        out.write(u'%s,%s,%d,%.2f,%.2f,%.2f,%.2f,%.2f\n' % (
            Plate, Position, n, x, y, area, circularity, total[n] / float(count[n])))

# 7. A picture to check by eye: each nucleus outlined in a colour of its own.
picture = pixels.duplicate()
picture.setMinAndMax(0, max(1, max(value & 0xff for value in value_of) * 0.7))
picture = picture.convertToRGB()
painted = picture.getPixels()
width, height = labels.width, labels.height
for i in range(len(label_of)):
    n = label_of[i]
    if n == 0:
        continue
    x, y = i % width, i // width
    inside = (0 < x < width - 1 and 0 < y < height - 1 and
              label_of[i - 1] == n and label_of[i + 1] == n and label_of[i - width] == n and label_of[i + width] == n)
    if not inside:
        painted[i] = Color.HSBtoRGB(n * 0.618, 0.75, 1.0)
if not FileSaver(ImagePlus('nuclei', picture)).saveAsPng(File(output_directory, name + u'.png').path):
    raise IOException(u'cannot write to %s' % output_directory)

print(u'%s: threshold %d' % (image.name, threshold))
# For colours and numbers on the page of pictures.
print(u'value: %d nuclei' % nuclei)
