/** What to use instead of a call that needs a screen, by the calls that led to the error. As docs/scripts.md has it. */

/** The first that is found counts: a dialog is met in many calls, and IJ.saveAs is a command of IJ.run. */
const INSTEAD: readonly (readonly [call: RegExp, advice: string])[] = [
  [
    /^ij\.io\.Opener\.getPath$/m,
    'ImageJ asks which image to open when the path is empty: look why the script has none',
  ],
  [
    /^ij\.IJ\.save(As)?$/m,
    'IJ.saveAs needs a screen for this format here. FileSaver(imp).saveAsPng(path) needs none, nor does save(path) of a ResultsTable',
  ],
  [
    /^ij\.plugin\.frame\.RoiManager\./m,
    'The ROI Manager is a window: collect ROIs in an Overlay (overlay.add(roi), imp.setOverlay(overlay)), or set VIRTUAL_DISPLAY to true (--virtual-display on this machine)',
  ],
  [
    // A command's own dialog, not the script's.
    /^(?:ij\.gui\.\w*Dialog|java\.awt\.Dialog)\.[^]*^ij\.IJ\.run$/m,
    'The command asks for values in a dialog: give it all of them in the options of IJ.run',
  ],
  [
    /^(?:ij\.gui\.\w*Dialog|ij\.io\.(?:Open|Save)Dialog|ij\.io\.DirectoryChooser|java\.awt\.(?:File)?Dialog|javax\.swing\.JOptionPane)\./m,
    'A dialog has nobody to answer it: make what it asks for a parameter of the script (a #@ line)',
  ],
  [
    /^ij\.Menus\.addMenuBar$[^]*^ij\.IJ\.(?:run|runPlugIn|doCommand|open)$/m,
    'Commands of plain ImageJ (the starter Fiji) need a screen: set FIJI_HOME, or DOCKERHUB_TAG, to a full Fiji, which runs most of them without one, or set VIRTUAL_DISPLAY to true (--virtual-display on this machine)',
  ],
  [
    /^ij\.(?:ImagePlus|CompositeImage|gui\.Plot)\.show$/m,
    'Leave show() out: nobody looks, and the script can work on the image in its variable',
  ],
];

/** @param calls `ij.IJ.run`, one a line, the innermost first */
export function needsScreen(calls: string): string {
  return (
    INSTEAD.find(([call]) => call.test(calls))?.[1] ??
    'This needs a screen: set VIRTUAL_DISPLAY to true (--virtual-display on this machine), or use what runs without one (docs/scripts.md)'
  );
}
