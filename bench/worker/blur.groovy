#@ String image
#@ String Well
import ij.IJ
import ij.plugin.filter.GaussianBlur

def imp = IJ.openImage(image)
new GaussianBlur().blurGaussian(imp.processor, 2)
IJ.saveAsTiff(imp, "output/" + Well + ".tif")
