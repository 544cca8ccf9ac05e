#@ String image
#@ String Well
import ij.IJ
import ij.plugin.filter.GaussianBlur

def imp = IJ.openImage(image)
new GaussianBlur().blurGaussian(imp.getProcessor(), 2.0d)
IJ.saveAsTiff(imp, "output/" + Well + ".tif")
