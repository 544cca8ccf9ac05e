import javax.script.ScriptException

/** Says what a script threw, in its own words, with the line of the user's script. */
class RunnerFailure {
  /**
   * `chain`: class names from the outermost to the deepest; `type` and `message`: the deepest; `calls`: those that led to
   * it, the innermost first; `line`: in the script, with its `source`.
   */
  Map describe(Throwable thrown, String script, PrintStream log) {
    List chain = chainOf(thrown)
    Throwable deepest = chain.last()
    print(thrown, log)
    String name = new File(script).name
    String type = deepest.class.name
    String message = deepest.message
    if (isPython(deepest)) {
      String text = String.valueOf(deepest)
      List lines = text.readLines().findAll { it.trim() }
      String last = lines ? lines.last().trim() : text
      int colon = last.indexOf(':')
      type = colon > 0 ? last.substring(0, colon) : last
      message = colon > 0 ? last.substring(colon + 1).trim() : ''
    }
    Integer line = lineOf(chain, name)
    Map compiler = compilerWords(deepest)
    if (compiler != null) {
      type = 'Compilation error'
      message = compiler.message
      line = compiler.line ?: line
    }
    return [
      kind: 'failed', chain: chain.collect { it.class.name }.join(' '), type: type, message: message,
      messages: chain.collect { String.valueOf(it.message) }.join('\n').take(20000), calls: callsOf(deepest), line: line, source: sourceOf(script, line)
    ]
  }

  /** The first thing that Groovy's compiler found, without its banner and the long path of a copy; null for other errors. */
  private static Map compilerWords(Throwable thrown) {
    if (!thrown.class.name.endsWith('MultipleCompilationErrorsException')) return null
    List found = thrown.errorCollector.errors.findAll { it.hasProperty('cause') && it.cause?.hasProperty('originalMessage') }.collect { it.cause }
    if (!found) return null
    String more = found.size() > 1 ? ' (the first of ' + found.size() + ' errors)' : ''
    return [message: found[0].originalMessage.trim() + more, line: found[0].line > 0 ? found[0].line : null]
  }

  /** The trace without the frames between SciJava and the script, which say nothing to the user. */
  private static void print(Throwable thrown, PrintStream log) {
    chainOf(thrown).eachWithIndex { Throwable t, int i ->
      log.println((i == 0 ? '' : 'Caused by: ') + String.valueOf(t).trim())
      t.stackTrace.findAll { !(it.className ==~ MACHINERY) }.take(40).each { log.println('\tat ' + it) }
    }
  }

  private static final String MACHINERY = /(Runner[A-Z]\w*|java\.lang\.reflect|java\.lang\.Thread|jdk\.|sun\.reflect|javax\.script|groovy\.lang|org\.codehaus\.groovy|org\.scijava\.script|org\.python\.(core|util|jsr223)|com\.sun\.proxy).*/

  private static String callsOf(Throwable thrown) {
    thrown.stackTrace.findAll { !(it.className ==~ MACHINERY) }.collect { it.className + '.' + it.methodName }.unique().take(60).join('\n')
  }

  private static String sourceOf(String script, Integer line) {
    if (line == null) return null
    List lines = new File(script).readLines('UTF-8')
    return line <= lines.size() ? lines[line - 1].trim().take(300) : null
  }

  static String plain(String path) { path.replaceAll(/[^\x00-\x7F]/, '_') }

  private static boolean isPython(Throwable t) { t.class.name.startsWith('org.python.core.Py') }

  private static List chainOf(Throwable thrown) {
    List chain = []
    Throwable t = thrown
    while (t != null && !chain.any { it.is(t) } && chain.size() < 30) {
      chain << t
      Throwable next = t.cause
      // What Java code called from Python threw is the exception's value there.
      if (next == null && isPython(t)) {
        try {
          Object value = t.value?.__tojava__(Throwable)
          if (value instanceof Throwable) next = value
        }
        catch (Throwable ignored) { }
      }
      t = next
    }
    return chain
  }

  private static Integer lineOf(List chain, String script) {
    for (Throwable t in chain.reverse()) {
      if (isPython(t)) {
        def lines = (String.valueOf(t) =~ /File "([^"]*)", line (\d+)/).findAll { new File(it[1]).name in [script, plain(script)] || it[1].startsWith('<') }
        if (lines) return lines.last()[2] as int
      }
      def frame = t.stackTrace.find { it.lineNumber > 0 && (it.fileName == script || it.fileName ==~ /Script\d+\.groovy/) }
      if (frame != null) return frame.lineNumber
      def compile = (t.message ?: '') =~ /(?:@ line |: line |\bat line number |, line )(\d+)/
      if (t.class.name.contains('CompilationErrors') && compile.find()) return compile.group(1) as int
      if (t instanceof ScriptException && t.lineNumber > 0) return t.lineNumber
    }
    return null
  }
}
