import org.scijava.script.ScriptInfo

/**
 * Runs an ImageJ 1 macro in ImageJ's own interpreter (in Fiji, the one that imagej-legacy has patched for headless use).
 * Its `#@` parameters become variables, as in Fiji; every parameter is also in getArgument(), for List.setList.
 */
class RunnerMacros {
  Map run(String script, ScriptInfo info, Map inputs, List given, screen) {
    Class type
    try { type = Class.forName('ij.macro.Interpreter', true, Thread.currentThread().contextClassLoader ?: this.class.classLoader) }
    catch (ClassNotFoundException e) { return [kind: 'refused', problems: 'this Fiji has no ImageJ 1, which macros need'] }
    String text = new File(script).getText('UTF-8')
    // Declarations become empty lines and variables share the first line: the line numbers stay the user's.
    String declared = inputs.findAll { it.key ==~ /\w+/ && it.value != null }.collect { 'var ' + it.key + ' = ' + literal(it.value) + '; ' }.join('')
    String macro = declared + text.replaceAll(/(?m)^#@.*$/, '')
    String argument = given.collect { key(it[0]) + '=' + escape(it[2]) }.join('\n')

    def interpreter = type.newInstance()
    Class ij = Class.forName('ij.IJ', true, type.classLoader)
    Throwable thrown = null
    Thread thread = Thread.currentThread()
    String name = thread.name
    screen.closeMacroErrors()
    ij.getErrorMessage() // Clears it.
    // ImageJ stops a macro at an error (a file that cannot be opened or saved) only on a thread named as its own are.
    thread.name = 'Macro$'
    ExitWords words = new ExitWords(System.out)
    System.out = words
    try { interpreter.run(macro, argument) }
    catch (Throwable e) { thrown = e }
    finally {
      System.out = words.before
      thread.name = name
    }
    List dialogs = screen.macroErrors()
    String error = interpreter.errorMessage ?: dialogs ? (dialogs ? dialogs.first() : interpreter.errorMessage) : null
    if (error != null) {
      def line = error =~ / in line (\d+)/
      Integer number = line.find() ? line.group(1) as int : lineOf(interpreter)
      return [kind: 'failed', type: 'Macro error', message: error.replaceAll(/(?s) in line \d+.*/, ''), line: number,
        chain: thrown == null ? '' : thrown.class.name, messages: error]
    }
    if (thrown == null) return [kind: 'success']
    if (thrown.message != 'Macro canceled') throw thrown
    boolean exited = thrown.stackTrace.any { ExitWords.isExit(it) }
    if (exited && words.said == null) return [kind: 'success']
    String told = exited ? words.said : ij.getErrorMessage()
    return [kind: 'failed', message: told ?: 'the macro was canceled', line: lineOf(interpreter), messages: told]
  }

  private static Integer lineOf(interpreter) {
    int line = 0
    try { line = interpreter.@lineNumber ?: interpreter.@pgm.lineNumbers[interpreter.@pc] }
    catch (Throwable ignored) { } // Another ImageJ may keep it elsewhere.
    return line > 0 ? line : null
  }

  /** Passes on what is printed, and keeps what `exit(message)` shows: where no ImageJ window is, ImageJ prints it. */
  private static class ExitWords extends PrintStream {
    final PrintStream before
    String said

    ExitWords(PrintStream before) {
      super(before, true)
      this.before = before
    }

    static boolean isExit(StackTraceElement frame) { frame.className == 'ij.macro.Functions' && frame.methodName == 'exit' }

    @Override
    void println(String text) {
      if (new Throwable().stackTrace.any { isExit(it) }) said = text
      before.println(text)
    }
  }

  private static String literal(Object value) {
    if (value instanceof Number || value instanceof Boolean) return value.toString()
    if (value.class.array) return 'newArray(' + value.collect { literal(it) }.join(', ') + ')'
    String text = value instanceof File ? value.absolutePath : value.toString()
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n').replace('\r', '\\r').replace('\t', '\\t') + '"'
  }

  private static String key(String name) { escape(name).replaceAll(/([ =:#!])/, '\\\\$1') }

  /** As java.util.Properties reads it, which is what List.setList uses; plain text without a backslash is unchanged. */
  private static String escape(String value) {
    StringBuilder text = new StringBuilder()
    value.eachWithIndex { String c, int i ->
      char code = c.charAt(0)
      if (c == '\\') text << '\\\\'
      else if (c == '\n') text << '\\n'
      else if (c == '\r') text << '\\r'
      else if (c == '\t') text << '\\t'
      else if (c == ' ' && i == 0) text << '\\ '
      else if (code > 126) text << String.format('\\u%04x', (int) code)
      else text << c
    }
    return text.toString()
  }
}
