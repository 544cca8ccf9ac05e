// How much of an image do cells cover? A macro: what the recorder of Fiji writes, with parameters.
//
// Every `#@` line becomes a variable of that name, with the value that the job file gives.
// Many commands of ImageJ's macro language open windows. Fiji runs this macro without a screen; where it cannot
// (plain ImageJ), set VIRTUAL_DISPLAY: true in config.ts, or use --virtual-display with npm run local.

#@ File image
#@ String Plate
#@ String Position
#@ String (value="Triangle") method
#@ File output_directory

setBatchMode(true);
open(image);
getStatistics(pixels, mean);
run("Gaussian Blur...", "sigma=2");
setAutoThreshold(method + " dark");
getThreshold(lower, upper);
run("Convert to Mask");

// A mask is 0 and 255: its mean says how much of it is covered.
getStatistics(pixels, white);
cover = 100 * white / 255;

name = output_directory + File.separator + Plate + "_" + Position + "_cover";
saveAs("PNG", name + ".png");
table = File.open(name + ".csv");
print(table, "Plate,Position,Threshold,CoverPercent,Mean");
print(table, Plate + "," + Position + "," + lower + "," + d2s(cover, 2) + "," + d2s(mean, 2));
File.close(table);
close();
// For colours and numbers on the page of pictures.
print("value: " + d2s(cover, 1) + " % covered");
