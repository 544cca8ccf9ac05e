/* Compiles the runner into a jar: compile.groovy JAR. Beside this file lie the sources. */
import java.util.jar.JarEntry
import java.util.jar.JarOutputStream
import org.codehaus.groovy.control.CompilationUnit
import org.codehaus.groovy.control.CompilerConfiguration
import org.codehaus.groovy.control.Phases

File folder = new File(System.getenv('DISTRIBUTED_FIJI_RUNNER'))
// Calls through invokedynamic are the faster ones after thousands; a start makes each of them once or twice.
def settings = new CompilerConfiguration()
settings.optimizationOptions.indy = false
def unit = new CompilationUnit(settings)
folder.listFiles().findAll { it.name ==~ /(gateway|runner|Runner\w+)\.groovy/ }.sort().each { File source ->
  // #@ lines are SciJava's, not Groovy's.
  unit.addSource(source.name, source.getText('UTF-8').replaceAll(/(?m)^#@.*$/, ''))
}
unit.compile(Phases.CLASS_GENERATION)
new JarOutputStream(new FileOutputStream(args[0])).withCloseable { jar ->
  unit.classes.each { compiled ->
    jar.putNextEntry(new JarEntry(compiled.name.replace('.', '/') + '.class'))
    jar.write(compiled.bytes)
    jar.closeEntry()
  }
}
