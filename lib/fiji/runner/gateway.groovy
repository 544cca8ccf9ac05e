/* Starts SciJava over the starter Fiji's jars and hands it the arguments, as Fiji's own launcher does. */
import org.scijava.SciJava
import org.scijava.script.AdaptedScriptLanguage
import org.scijava.script.ScriptService

def gateway = new SciJava()
def scripts = gateway.context().getService(ScriptService)
// SciJava lists only languages that are plugins; these two come as plain Java script engines.
['groovy', 'jython'].each { scripts.index.add(new AdaptedScriptLanguage(it), true) }
gateway.launch(args)
// AWT's threads would keep a finished JVM alive for ever.
System.exit(0)
