# Put all fields of one well into one picture, and their brightness into one table: several images in, one job.
#
# Every `#@` line is a parameter: a job file gives its value under the same name, and without one the default holds.
# `Plate` and `Well` say which files of `input_file_location` belong together.

#@ File input_file_location
#@ String Plate
#@ String Well
#@ Integer (value=256) image_size
#@ Integer (value=1) rows
#@ Integer (value=0) columns
#@ File output_directory

import io
import re
from java.io import File, IOException
from ij import IJ, ImagePlus
from ij.io import FileSaver
from ij.process import ByteProcessor, ImageProcessor

# 1. The fields of this well, in order: names that hold the plate and the well, whatever stands between and around
#    them. A1 and A01 are the same well, and A1 is not A11.
row, number = re.match(r'([A-Za-z]+)0*(\d+)$', Well).groups()
this_well = re.compile(r'(?<![A-Za-z0-9])%s0*%s(?!\d)' % (row, number), re.IGNORECASE)
files = sorted(name for name in input_file_location.list() or [] if Plate in name and this_well.search(name))
if not files:
    raise IOException(u'no image of plate %s, well %s in %s' % (Plate, Well, input_file_location))
if columns == 0:
    columns = (len(files) + rows - 1) // rows

# 2. Each field, made `image_size` pixels wide and high, goes to the next free place: left to right, top to bottom.
montage = ByteProcessor(columns * image_size, rows * image_size)
table = []
for place, name in enumerate(files):
    imp = IJ.openImage(File(input_file_location, name).path)
    if imp is None:  # ImageJ's way of saying that it cannot read a file
        raise IOException(u'ImageJ cannot read %s' % name)
    pixels = imp.getProcessor()
    statistics = pixels.getStatistics()
    table.append((name, statistics.mean, statistics.max))
    if place < rows * columns:
        pixels.setInterpolationMethod(ImageProcessor.BILINEAR)
        small = pixels.resize(image_size, image_size, True).convertToByteProcessor(False)
        montage.insert(small, (place % columns) * image_size, (place // columns) * image_size)

# 3. Results go into `output_directory`, nowhere else.
name = u'%s_%s' % (Plate, Well)
if not FileSaver(ImagePlus(Well, montage)).saveAsPng(File(output_directory, name + u'_montage.png').path):
    raise IOException(u'cannot write to %s' % output_directory)
with io.open(File(output_directory, name + u'_fields.csv').path, 'w', encoding='utf-8') as out:
    out.write(u'Plate,Well,Image,Mean,Max\n')
    for field, mean, brightest in table:
        out.write(u'%s,%s,%s,%.2f,%d\n' % (Plate, Well, field, mean, brightest))

print(u'%d fields of well %s' % (len(files), Well))
