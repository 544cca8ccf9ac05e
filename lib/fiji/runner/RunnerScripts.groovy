import java.lang.reflect.InvocationHandler
import java.lang.reflect.InvocationTargetException
import java.lang.reflect.Method
import java.lang.reflect.Proxy
import javax.script.ScriptEngine
import org.scijava.module.ModuleRunner
import org.scijava.module.process.PreprocessorPlugin
import org.scijava.plugin.PluginService
import org.scijava.script.ScriptInfo
import org.scijava.script.ScriptService

/** Runs one script through SciJava, as Fiji does, and catches what it throws. */
class RunnerScripts {
  private final ctx, parameters, macros, failure
  /** Fiji's own streams: a script may replace System.out. */
  final PrintStream stdout = System.out, stderr = System.err
  /** Jython's environment is one for all scripts: what it was before the first. */
  private Object environment
  private Boolean enginesShareState
  volatile Thread thread
  volatile String path

  RunnerScripts(ctx, parameters, macros, failure) {
    this.ctx = ctx; this.parameters = parameters; this.macros = macros; this.failure = failure
  }

  /** Starts a language's engine once, so that the first job need not wait for it. */
  void warm(String extension) {
    try {
      if (extension == 'ijm') Class.forName('ij.macro.Interpreter')
      else {
        def language = ctx.getService(ScriptService).getLanguageByExtension(extension)
        ScriptEngine engine = extension == 'py' ? pythonEngine { language.scriptEngine } : language.scriptEngine
        engine.eval(extension == 'py' ? 'import os' : '1')
      }
    }
    catch (Throwable ignored) { } // The job itself will say what is wrong.
  }

  /** A map that holds `kind` (success, refused, failed) and what RunnerFailure and RunnerParameters tell. */
  Map run(String script, String output, List given, screen) {
    Map outcome = [kind: 'success']
    path = script
    // A group and a thread of its own: what the script leaves in thread locals ends with it.
    thread = new Thread(null, { outcome = attempt(script, output, given, screen) }, 'script', 64L << 20)
    // Not a daemon, even if its parent is one: what it starts is then seen to be left.
    thread.daemon = false
    thread.start()
    thread.join()
    System.out = stdout
    System.err = stderr
    return outcome
  }

  private Map attempt(String script, String output, List given, screen) {
    try {
      String extension = script.contains('.') ? script.substring(script.lastIndexOf('.') + 1).toLowerCase() : ''
      ScriptInfo info = new ScriptInfo(ctx, script)
      boolean macro = extension == 'ijm' || extension == 'txt'
      def language = macro ? null : ctx.getService(ScriptService).getLanguageByExtension(extension)
      if (!macro && language == null) return [kind: 'refused', problems: noLanguage(extension)]

      Map checked = parameters.check(info, given, output)
      if (checked.notes) stderr.println(checked.notes)
      if (checked.problems) return [kind: 'refused', problems: checked.problems]

      if (macro) return macros.run(script, info, checked.inputs, given, screen)
      return module(info, checked.inputs, extension == 'py')
    }
    catch (Throwable thrown) {
      return failure.describe(thrown, script, stderr)
    }
  }

  private Map module(ScriptInfo info, Map inputs, boolean isPython) {
    def module = info.createModule()
    ctx.inject(module)
    Throwable thrown = null
    // ScriptModule.run logs what a script throws and returns as if all were well: its engine is watched instead.
    ScriptEngine engine = isPython ? pythonEngine { module.@scriptEngine = null; module.getEngine() } : module.getEngine()
    module.@scriptEngine = (ScriptEngine) Proxy.newProxyInstance(this.class.classLoader, [ScriptEngine] as Class[], { Object proxy, Method method, Object[] args ->
      // Jython 2.7.0 cannot say what went wrong in a file whose path is not plain ASCII.
      if (isPython && method.name == 'put' && args[0] == ScriptEngine.FILENAME) args[1] = failure.plain(args[1])
      try { return method.invoke(engine, args) }
      catch (InvocationTargetException e) {
        if (method.name != 'eval') throw e.targetException
        thrown = e.targetException
        return null
      }
    } as InvocationHandler)
    inputs.each { name, value ->
      module.setInput(name, value)
      if (module.respondsTo('resolveInput')) module.resolveInput(name)
      else module.setResolved(name, true)
    }
    // Without the two that load and save inputs: a value of an earlier run must never reach this one.
    def plugins = ctx.getService(PluginService)
    def pre = plugins.createInstancesOfType(PreprocessorPlugin).findAll { !(it.class.simpleName in ['LoadInputsPreprocessor', 'SaveInputsPreprocessor']) }
    // No postprocessors either: they show outputs, and nobody is here to look.
    def canceler = new ModuleRunner(ctx, module, pre, []).preProcess()
    if (canceler != null) return [kind: 'refused', problems: canceler.cancelReason ?: canceler.class.simpleName + ' refused the script']
    module.run()
    // Groovy's print stays in the engine's own writer until somebody asks for it.
    [engine.context.writer, engine.context.errorWriter].each { it?.flush() }
    if (isPython) closePython(engine)
    if (thrown != null) return failure.describe(thrown, info.path, stderr)
    return [kind: 'success']
  }

  private String noLanguage(String extension) {
    def names = ctx.getService(ScriptService).languages.collectMany { it.extensions }.collect { '.' + it }
    String known = (names + ['.ijm']).unique().sort().join(', ')
    return 'no script language for ' + (extension ? '.' + extension : 'a file without an extension') + '; known: ' + known
  }

  /**
   * Jython keeps modules and sys.path in a state. Some engines make one each (plain Java's, since 2.7.2), others share
   * one among all scripts: those get a new one for each.
   */
  private ScriptEngine pythonEngine(Closure make) {
    Class py = python('org.python.core.Py')
    def fresh = { py.setSystemState(python('org.python.core.PySystemState').newInstance()) }
    Object before = py.getSystemState()
    if (enginesShareState) fresh()
    ScriptEngine engine = make()
    if (enginesShareState == null) {
      enginesShareState = py.getSystemState().is(before)
      if (enginesShareState) { fresh(); engine = make() }
    }
    if (environment == null) environment = engine.eval("dict(__import__('posix').environ)")
    return engine
  }

  /** Files that a Python script opened and never closed are written out now, as at the end of a process. */
  private void closePython(ScriptEngine engine) {
    try {
      python('org.python.core.Py').getSystemState().cleanup()
      engine.put('distributed_fiji_environment', environment)
      engine.eval("__import__('posix').environ.clear()")
      engine.eval("__import__('posix').environ.update(distributed_fiji_environment)")
    }
    catch (Throwable e) { stderr.println('Closing what Python left open: ' + e) }
  }

  private Class python(String name) { Class.forName(name, true, Thread.currentThread().contextClassLoader ?: this.class.classLoader) }
}
