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
        ScriptEngine engine = ctx.getService(ScriptService).getLanguageByExtension(extension)?.scriptEngine
        if (extension == 'py') freshPython()
        engine?.eval(extension == 'py' ? 'import os' : '1')
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
    Map python = null
    try {
      String extension = script.contains('.') ? script.substring(script.lastIndexOf('.') + 1).toLowerCase() : ''
      ScriptInfo info = new ScriptInfo(ctx, script)
      boolean macro = extension == 'ijm' || extension == 'txt'
      def language = macro ? null : ctx.getService(ScriptService).getLanguageByExtension(extension)
      if (!macro && language == null) return [kind: 'refused', problems: 'unknown language: ' + known()]

      Map checked = parameters.check(info, given, output)
      if (checked.notes) stderr.println(checked.notes)
      if (checked.problems) return [kind: 'refused', problems: checked.problems]

      if (macro) return macros.run(script, info, checked.inputs, given, screen)
      if (extension == 'py') python = freshPython()
      return module(info, checked.inputs)
    }
    catch (Throwable thrown) {
      return failure.describe(thrown, script, stderr)
    }
    finally {
      if (python != null) closePython(python)
    }
  }

  private Map module(ScriptInfo info, Map inputs) {
    def module = info.createModule()
    ctx.inject(module)
    Throwable thrown = null
    // ScriptModule.run logs what a script throws and returns as if all were well: its engine is watched instead.
    ScriptEngine engine = module.getEngine()
    module.@scriptEngine = (ScriptEngine) Proxy.newProxyInstance(this.class.classLoader, [ScriptEngine] as Class[], { Object proxy, Method method, Object[] args ->
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
    if (thrown != null) return failure.describe(thrown, info.path, stderr)
    return [kind: 'success']
  }

  private String known() {
    def names = ctx.getService(ScriptService).languages.collectMany { it.extensions }.collect { '.' + it }
    return (names + ['.ijm']).unique().sort().join(', ')
  }

  /** Jython keeps modules, sys.path and the environment in one place for all scripts: each gets its own. Null: no Jython. */
  private Map freshPython() {
    try {
      ClassLoader loader = Thread.currentThread().contextClassLoader ?: this.class.classLoader
      Class py = Class.forName('org.python.core.Py', true, loader)
      py.getSystemState() // The first use reads the settings that a new state is made from.
      Object state = Class.forName('org.python.core.PySystemState', true, loader).newInstance()
      py.setSystemState(state)
      Object interpreter = Class.forName('org.python.util.PythonInterpreter', true, loader).getConstructor(Class.forName('org.python.core.PyObject', true, loader), state.class).newInstance(null, state)
      interpreter.exec('import posix\nsaved = dict(posix.environ)')
      return [py: py, state: state, interpreter: interpreter]
    }
    catch (ClassNotFoundException ignored) { return null }
  }

  /** Files that a Python script opened and never closed are written out now, as at the end of a process. */
  private void closePython(Map python) {
    try {
      // An engine may have made a state of its own.
      [python.state, python.py.getSystemState()].unique { a, b -> a.is(b) ? 0 : 1 }.each { it.cleanup() }
      python.interpreter.exec('posix.environ.clear()\nposix.environ.update(saved)')
    }
    catch (Throwable e) { stderr.println('Closing what Python left open: ' + e) }
  }
}
