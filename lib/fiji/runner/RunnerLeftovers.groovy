import java.awt.GraphicsEnvironment
import java.lang.reflect.Modifier

/**
 * Makes a Fiji that serves many jobs look new to each: what `remember` saw before a job, `clear` brings back after it.
 * What cannot be cleared (threads that still run) is named, and the worker then replaces the process.
 */
class RunnerLeftovers {
  /** ImageJ 1 classes whose static fields are settings that commands change (Prefs: black background, scaling, ...). */
  private static final List SETTINGS = ['ij.Prefs', 'ij.ImagePlus', 'ij.Macro', 'ij.process.ImageProcessor', 'ij.process.ColorProcessor',
    'ij.process.FloatBlitter', 'ij.process.ImageConverter', 'ij.process.AutoThresholder', 'ij.measure.Calibration', 'ij.measure.ResultsTable',
    'ij.gui.Roi', 'ij.gui.Toolbar', 'ij.gui.Line', 'ij.gui.TextRoi', 'ij.gui.PointRoi', 'ij.gui.Overlay', 'ij.io.FileSaver', 'ij.io.FileInfo',
    'ij.io.OpenDialog', 'ij.io.Opener', 'ij.plugin.filter.Analyzer', 'ij.plugin.filter.ParticleAnalyzer', 'ij.plugin.filter.MaximumFinder',
    'ij.plugin.filter.RankFilters', 'ij.plugin.filter.GaussianBlur', 'ij.plugin.filter.BackgroundSubtracter', 'ij.plugin.filter.Binary',
    'ij.plugin.filter.UnsharpMask', 'ij.plugin.filter.EDM', 'ij.plugin.filter.Convolver', 'ij.plugin.frame.ThresholdAdjuster', 'ij.plugin.frame.RoiManager',
    'ij.plugin.ZProjector', 'ij.plugin.ImageCalculator', 'ij.plugin.Thresholder', 'ij.plugin.Scaler', 'ij.plugin.Duplicator', 'ij.macro.Interpreter']

  private static final List OWN = ['AWT-', 'Java2D', 'SciJava', 'Image Fetcher', 'Swing', 'TimerQueue', 'ForkJoinPool', 'DestroyJavaVM', 'process reaper']

  private final ctx
  private Map fields, properties, preferences, metaClasses
  private Set<Thread> threads
  private Locale locale
  private TimeZone zone

  RunnerLeftovers(ctx) { this.ctx = ctx }

  void remember() {
    if (fields == null) fields = settings()
    properties = new HashMap(System.properties)
    preferences = ijPreferences()?.clone()
    metaClasses = expanded()
    threads = threads()
    locale = Locale.default
    zone = TimeZone.default
  }

  /** Null when all is clean; else what is left, in words. */
  String clear() {
    List left = []
    ['images', 'tables', 'displays', 'windows', 'state'].each { String what ->
      try { this."clear_$what"() }
      catch (ClassNotFoundException ignored) { }
      catch (Throwable e) { left << (what + ' (' + e + ')') }
    }
    List running = threads().findAll { it.alive && !it.daemon && !(it in threads) && !own(it) && !idle(it) }.collect { it.name }
    if (running) left << ('threads: ' + running.join(', '))
    return left ? left.join('; ') : null
  }

  private static Set<Thread> threads() {
    ThreadGroup root = Thread.currentThread().threadGroup
    while (root.parent != null) root = root.parent
    Thread[] found = new Thread[root.activeCount() * 2 + 64]
    return found.take(root.enumerate(found)) as Set
  }

  /** Waits in a pool (ImageJ's filters have one) for work that nobody will give it. */
  private static boolean idle(Thread thread) {
    thread.stackTrace.any { it.methodName in ['getTask', 'awaitWork'] && it.className.startsWith('java.util.concurrent.') }
  }

  /** Threads that Java, ImageJ and SciJava keep. */
  private static boolean own(Thread thread) {
    String name = thread.name
    return OWN.any { name.startsWith(it) } || name ==~ /[0-9a-f]*-?Context-.*|.*-EventService-.*/ || thread.threadGroup == null
  }

  private void clear_images() {
    Class interpreter = type('ij.macro.Interpreter')
    Class manager = type('ij.WindowManager')
    // Images of a batch-mode macro are kept apart from those with windows.
    (interpreter.batchModeImageIDs ?: []).each { id -> interpreter.removeBatchModeImage(manager.getImage(id)) }
    interpreter.batchMode = false
    (manager.IDList ?: []).each { id ->
      def image = manager.getImage(id)
      if (image != null) { image.changes = false; image.close(); image.flush() }
    }
    manager.setTempCurrentImage(null)
  }

  private void clear_tables() {
    Class table = type('ij.measure.ResultsTable')
    table.getResultsTable()?.reset()
    type('ij.plugin.filter.Analyzer').resetCounter()
    Class rois = type('ij.plugin.frame.RoiManager')
    def manager = rois.methods.any { it.name == 'getRawInstance' } ? rois.getRawInstance() : rois.getInstance()
    if (manager != null) { manager.reset(); manager.close() }
  }

  private void clear_displays() {
    def service = ctx.getService(Class.forName('org.scijava.display.DisplayService'))
    service?.getDisplays()?.each { it.close() }
  }

  private void clear_windows() {
    if (GraphicsEnvironment.headless) return
    java.awt.Window.windows.findAll { it.displayable && !(it.class.name in ['ij.ImageJ', 'net.imagej.ui.swing.sdi.SwingApplicationFrame']) }.each { window ->
      java.awt.EventQueue.invokeAndWait { window.dispose() }
    }
    // ImageJ lists text and table windows by itself.
    Class manager = type('ij.WindowManager')
    (manager.nonImageWindows ?: []).each { manager.removeWindow(it) }
  }

  private void clear_state() {
    fields.each { field, value -> field.set(null, value) }
    def prefs = ijPreferences()
    if (prefs != null) { prefs.clear(); prefs.putAll(preferences) }
    System.properties.clear()
    System.properties.putAll(properties)
    if (Locale.default != locale) Locale.default = locale
    if (TimeZone.default != zone) TimeZone.default = zone
    expanded().keySet().findAll { !metaClasses.containsKey(it) }.each { GroovySystem.metaClassRegistry.removeMetaClass(it) }
  }

  private Map settings() {
    Map found = [:]
    SETTINGS.each { String name ->
      Class c
      try { c = type(name) }
      catch (Throwable ignored) { return }
      c.declaredFields.each { field ->
        int m = field.modifiers
        Class t = field.type
        if (!Modifier.isStatic(m) || Modifier.isFinal(m) || field.synthetic) return
        if (!(t.primitive || t in [String, java.awt.Color, java.awt.Font, double[], Double, Integer, Boolean])) return
        try { field.accessible = true; found[field] = field.get(null) }
        catch (Throwable ignored) { }
      }
    }
    return found
  }

  private ijPreferences() {
    try { return type('ij.Prefs').@ijPrefs }
    catch (Throwable ignored) { return null }
  }

  private static Map expanded() {
    Map found = [:]
    def each = GroovySystem.metaClassRegistry.iterator()
    while (each.hasNext()) {
      def c = each.next()
      if (c instanceof ExpandoMetaClass) found[c.theClass] = c
    }
    return found
  }

  private static Class type(String name) { Class.forName(name, true, Thread.currentThread().contextClassLoader ?: RunnerLeftovers.classLoader) }
}
