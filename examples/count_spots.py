# Count bright spots (vesicles, speckles, foci) in every field of one well: a table and a picture to check by eye.
#
# Every `#@` line is a parameter: a job file gives its value under the same name, and without one the default holds.
# `Plate` and `Well` say which of the files in `input_file_location` are this job's.

#@ File input_file_location
#@ String Plate
#@ String Well
#@ Double (value=1.0) spot_radius
#@ Double (value=18.0) contrast
#@ File output_directory

import io
from java.awt import Color
from java.io import File, IOException
from ij import IJ, ImagePlus
from ij.io import FileSaver
from ij.plugin.filter import GaussianBlur, MaximumFinder
from ij.process import Blitter, ColorProcessor

# 1. The files of this well, in order. Nothing found is an error worth its own words.
wanted = u'%s_%sf' % (Plate, Well)
files = sorted(name for name in input_file_location.list() or [] if name.startswith(wanted))
if not files:
    raise IOException(u'no image in %s starts with %s' % (input_file_location, wanted))

rows = []
pictures = []
for name in files:
    imp = IJ.openImage(File(input_file_location, name).path)
    if imp is None:  # ImageJ's way of saying that it cannot read a file
        raise IOException(u'ImageJ cannot read %s' % name)
    pixels = imp.getProcessor()

    # 2. Keep what is as small as a spot: a little blur minus a larger one (difference of Gaussians).
    spots = pixels.convertToFloatProcessor()
    around = spots.duplicate()
    GaussianBlur().blurGaussian(spots, spot_radius)
    GaussianBlur().blurGaussian(around, 3 * spot_radius)
    spots.copyBits(around, 0, 0, Blitter.SUBTRACT)

    # 3. A spot is a peak that stands out from what surrounds it by at least `contrast` grey levels.
    peaks = MaximumFinder().getMaxima(spots, contrast, True)
    found = [(peaks.xpoints[i], peaks.ypoints[i]) for i in range(peaks.npoints)]
    statistics = pixels.getStatistics()
    rows.append((name, len(found), statistics.mean))

    # 4. The image as the eye likes it, with a ring around each spot.
    pixels.setMinAndMax(0, min(255, statistics.mean + 6 * statistics.stdDev))
    picture = pixels.convertToRGB()
    picture.setColor(Color(255, 196, 0))
    for x, y in found:
        picture.drawOval(x - 3, y - 3, 7, 7)
    pictures.append(picture)

# 5. One row a field, with the columns that say where it came from: tables of many jobs then join by themselves.
with io.open(File(output_directory, u'%s_%s_spots.csv' % (Plate, Well)).path, 'w', encoding='utf-8') as out:
    out.write(u'Plate,Well,Image,Spots,Mean\n')
    for name, spots, mean in rows:
        out.write(u'%s,%s,%s,%d,%.2f\n' % (Plate, Well, name, spots, mean))

# 6. All fields side by side.
sheet = ColorProcessor(sum(picture.width for picture in pictures), max(picture.height for picture in pictures))
x = 0
for picture in pictures:
    sheet.insert(picture, x, 0)
    x += picture.width
if not FileSaver(ImagePlus(Well, sheet)).saveAsPng(File(output_directory, u'%s_%s_spots.png' % (Plate, Well)).path):
    raise IOException(u'cannot write to %s' % output_directory)

# For colours and numbers on the page of pictures.
print(u'value: %d spots' % sum(row[1] for row in rows))
