// Take one series out of a file that holds many (.lif, .czi, .nd2, ...): a plain TIFF, a picture and a row of facts.
//
// Bio-Formats reads the file; it is part of Fiji. Its importer opens dialogs and fails without a screen, so its readers
// are used directly. Only this series is read: a file of 200 scenes can be 200 jobs at the same time.

#@ File image
#@ Integer (value=0, min=0) series
#@ File output_directory

import ij.CompositeImage
import ij.IJ
import ij.ImagePlus
import ij.ImageStack
import ij.io.FileSaver
import ij.plugin.ZProjector
import ij.process.ByteProcessor
import ij.process.FloatProcessor
import ij.process.ImageProcessor
import ij.process.ShortProcessor
import loci.common.DataTools
import loci.formats.ChannelSeparator
import loci.formats.FormatTools
import loci.formats.ImageReader
import loci.formats.MetadataTools

// ChannelSeparator makes three grey channels of a colour image: one kind of pixel less to think of.
def reader = new ChannelSeparator(new ImageReader())
def metadata = MetadataTools.createOMEXMLMetadata()
reader.setMetadataStore(metadata)
try {
    reader.setId(image.path)
    int count = reader.getSeriesCount()
    if (series >= count) throw new IllegalArgumentException(
        "series ${series} does not exist: ${image.name} has ${count}, numbered from 0 to ${count - 1}")
    reader.setSeries(series)

    // 1. The planes, in the order that ImageJ wants: channel, slice, frame.
    int width = reader.getSizeX(), height = reader.getSizeY()
    int channels = reader.getSizeC(), slices = reader.getSizeZ(), frames = reader.getSizeT()
    int type = reader.getPixelType()
    def pixelsOf = { byte[] bytes -> DataTools.makeDataArray(bytes, FormatTools.getBytesPerPixel(type),
        FormatTools.isFloatingPoint(type), reader.isLittleEndian()) }
    def planeOf = { Object pixels ->
        if (pixels instanceof byte[]) return new ByteProcessor(width, height, pixels)
        if (pixels instanceof short[]) return new ShortProcessor(width, height, pixels, null)
        if (pixels instanceof float[]) return new FloatProcessor(width, height, pixels)
        throw new UnsupportedOperationException("pixels of type ${FormatTools.getPixelTypeString(type)}")
    }
    def stack = new ImageStack(width, height)
    for (int t = 0; t < frames; t++) for (int z = 0; z < slices; z++) for (int c = 0; c < channels; c++)
        stack.addSlice("c:${c + 1} z:${z + 1} t:${t + 1}", planeOf(pixelsOf(reader.openBytes(reader.getIndex(z, c, t)))))

    // 2. Sizes in micrometres, where the file knows them.
    def imp = new ImagePlus("${image.name} series ${series}", stack)
    imp.setDimensions(channels, slices, frames)
    imp.setOpenAsHyperStack(true)
    def size = metadata.getPixelsPhysicalSizeX(series)
    double micrometres = size == null ? 0 : size.value(ome.units.UNITS.MICROMETER) ?: 0
    if (micrometres > 0) {
        imp.getCalibration().pixelWidth = imp.getCalibration().pixelHeight = micrometres
        imp.getCalibration().setUnit('micron')
    }

    // 3. Results. The file's name and the series number are in each name: no two jobs write the same file.
    def name = "${image.name}_s${String.format('%03d', series)}"
    def save = { String ending -> new File(output_directory, name + ending).path }
    def saver = new FileSaver(imp)
    if (!(stack.size() > 1 ? saver.saveAsTiffStack(save('.tif')) : saver.saveAsTiff(save('.tif'))))
        throw new IOException("cannot write to ${output_directory}")

    def flat = slices > 1 ? ZProjector.run(imp, 'max') : imp
    def picture = channels > 1 ? new CompositeImage(flat, CompositeImage.COMPOSITE) : flat
    for (int c = 1; c <= channels; c++) {
        picture.setPosition(c, 1, 1)
        def statistics = picture.getProcessor().getStats()
        picture.setDisplayRange(statistics.min, Math.max(statistics.min + 1, statistics.max))
    }
    new FileSaver(picture.flatten()).saveAsPng(save('.png'))

    def title = (metadata.getImageName(series) ?: '').replace('"', '""')
    new File(save('.csv')).setText("""File,Series,Name,Width,Height,Channels,Slices,Frames,PixelSizeMicrometre
"${image.name}",${series},"${title}",${width},${height},${channels},${slices},${frames},${micrometres}
""", 'UTF-8')
    println "series ${series} of ${count}: ${width} x ${height}, ${channels} channels, ${slices} slices, ${frames} frames"
} finally {
    reader.close()
}
