# Find nuclei with StarDist: a label image (0 outside, 1 in the first nucleus, 2 in the second, ...) and a count.
#
# StarDist is not part of Fiji: its update sites (CSBDeep, StarDist, TensorFlow) must be in the Fiji that runs this, on
# this machine as in the container's image. It is asked for a label image only: its other outputs go to the ROI
# Manager, which needs a screen.

#@ File image
#@ String Plate
#@ String Position
#@ String (value="Versatile (fluorescent nuclei)") model
#@ Double (value=0.5, min=0, max=1) probability
#@ Double (value=0.4, min=0, max=1) overlap
#@ Integer (value=1, min=1) tiles
#@ File output_directory
#@ CommandService command

import io
from java.io import File, IOException
from de.csbdresden.stardist import StarDist2D
from net.imglib2.img.display.imagej import ImageJFunctions
from ij import IJ
from ij.io import FileSaver

imp = IJ.openImage(image.path)
if imp is None:  # ImageJ's way of saying that it cannot read a file
    raise IOException(u'ImageJ cannot read %s' % image)

# More tiles need less memory at a time, for large images.
result = command.run(StarDist2D, False,
                     'input', imp, 'modelChoice', model, 'normalizeInput', True,
                     'percentileBottom', 1.0, 'percentileTop', 99.8,
                     'probThresh', probability, 'nmsThresh', overlap,
                     'outputType', 'Label Image', 'nTiles', tiles, 'excludeBoundary', 2,
                     'verbose', False, 'showCsbdeepProgress', False, 'showProbAndDist', False).get()

labels = ImageJFunctions.wrap(result.getOutput('label'), 'labels')
name = u'%s_%s_labels' % (Plate, Position)
if not FileSaver(labels).saveAsTiff(File(output_directory, name + u'.tif').path):
    raise IOException(u'cannot write to %s' % output_directory)

nuclei = int(labels.getProcessor().getStatistics().max)
with io.open(File(output_directory, name + u'.csv').path, 'w', encoding='utf-8') as out:
    out.write(u'Plate,Position,Nuclei\n')
    out.write(u'%s,%s,%d\n' % (Plate, Position, nuclei))
# For colours and numbers on the page of pictures.
print(u'value: %d nuclei' % nuclei)
