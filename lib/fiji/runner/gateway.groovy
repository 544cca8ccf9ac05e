/*
 * Starts SciJava over the starter Fiji's jars and hands it the arguments, as Fiji's own launcher does. Where the runner
 * has been compiled beforehand (starter/faster-start.ts), it is run at once: Groovy's compiler costs a second of CPU.
 */
import org.scijava.SciJava
import org.scijava.script.AdaptedScriptLanguage
import org.scijava.script.ScriptService

def gateway = new SciJava()
def scripts = gateway.context().getService(ScriptService)
// SciJava lists only languages that are plugins; these two come as plain Java script engines.
['groovy', 'jython'].each { scripts.index.add(new AdaptedScriptLanguage(it), true) }

Class compiled = null
if (args && args[-1].endsWith('runner.groovy')) {
  try { compiled = Class.forName('runner') }
  catch (ClassNotFoundException ignored) { }
}
if (compiled == null) gateway.launch(args)
else org.codehaus.groovy.runtime.InvokerHelper.createScript(compiled, new Binding([ctx: gateway.context()])).run()
// AWT's threads would keep a finished JVM alive for ever.
System.exit(0)
