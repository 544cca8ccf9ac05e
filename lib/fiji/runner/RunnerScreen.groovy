import java.awt.Dialog
import java.awt.Frame
import java.awt.GraphicsEnvironment
import java.awt.Window

/** What is on the (virtual) screen, and where a script stands: the first thing to know of a job that hangs. */
class RunnerScreen {
  private final List<String> macroErrors = Collections.synchronizedList([])
  private boolean watching = false

  /**
   * `windows`: titles of open dialogs, else windows, one a line; `waiting`: of those dialogs that hold the script up; `line`:
   * of the script; `stack`: its topmost frames.
   */
  Map look(Thread script, String path) {
    Map seen = [:]
    List open = windows()
    List dialogs = open.findAll { it instanceof Dialog }
    seen.windows = (dialogs ?: open).collect { title(it) }.findAll { it }.join('\n') ?: null
    StackTraceElement[] stack = script?.stackTrace ?: []
    // ImageJ's waitForUser is not modal: the script waits in a method of the dialog.
    seen.waiting = dialogs.findAll { dialog -> dialog.modal || stack.any { it.className == dialog.class.name } }.collect { title(it) }.join('\n') ?: null
    String name = path == null ? null : new File(path).name
    seen.line = stack.find { it.lineNumber > 0 && (it.fileName == name || it.fileName == path || it.fileName ==~ /Script\d+\.groovy/) }?.lineNumber
    seen.stack = stack.take(30).collect { 'at ' + it }.join('\n')
    return seen
  }

  /** ImageJ shows a macro's error in a dialog and waits for somebody to click it away: nobody is here. */
  void closeMacroErrors() {
    macroErrors.clear()
    if (watching || GraphicsEnvironment.headless) return
    watching = true
    java.awt.Toolkit.defaultToolkit.addAWTEventListener({ event ->
      if (event.ID != java.awt.event.WindowEvent.WINDOW_OPENED) return
      Window window = event.window
      if (!(window instanceof Dialog) || !(window.title in ['Macro Error', 'No Image'])) return
      macroErrors << texts(window).join(' ')
      java.awt.EventQueue.invokeLater { window.dispose() }
    } as java.awt.event.AWTEventListener, java.awt.AWTEvent.WINDOW_EVENT_MASK)
  }

  List<String> macroErrors() { new ArrayList(macroErrors) }

  static List windows() {
    if (GraphicsEnvironment.headless) return []
    return Window.windows.findAll { it.showing } as List
  }

  private static String title(Window window) {
    if (window instanceof Dialog) return [window.title, texts(window).join(' ').take(200)].findAll { it }.join(': ')
    return window instanceof Frame ? window.title : window.class.simpleName
  }

  /** The words in a window, as far as its parts give them away. */
  private static List<String> texts(java.awt.Container container) {
    List found = []
    container.components.each { part ->
      try {
        def text = part.hasProperty('text') ? part.text : part.hasProperty('label') && !(part instanceof java.awt.Button) ? part.label : null
        if (text instanceof String && text.trim() && !(part instanceof javax.swing.AbstractButton) && !(part instanceof java.awt.Checkbox)) found << text.replaceAll(/<[^>]+>/, ' ').trim()
        if (part.class.simpleName == 'MultiLineLabel') found << part.@lines.findAll { it }.join(' ')
      }
      catch (Throwable ignored) { }
      if (part instanceof java.awt.Container) found.addAll(texts(part))
    }
    return found
  }
}
