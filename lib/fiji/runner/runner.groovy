#@ Context ctx
/*
 * Runs the user's scripts inside Fiji's JVM, one after another, and reports what became of each.
 *
 * Started by Fiji's own launcher (`--headless --run runner.groovy`), so that the class path, the script languages and
 * the patches are Fiji's own. It talks to the worker over loopback TCP, since scripts print to standard output: lines
 * of words, each URL-encoded. Plain Java and Groovy 2.4 only: a Fiji of 2014 on Java 8 must be able to run it.
 *
 *   worker -> here   warm EXTENSION | job NUMBER REUSED SCRIPT OUTPUT [NAME TYPE VALUE]... | look
 *   here -> worker   hello TOKEN JAVA PID | warmed | done NUMBER [KEY VALUE]... | looked [KEY VALUE]...
 *
 * When the worker goes away, however it ended, the connection closes and the JVM ends with it: no Fiji is orphaned.
 */
String folder = System.getenv('DISTRIBUTED_FIJI_RUNNER')
String[] channel = System.getenv('DISTRIBUTED_FIJI_CHANNEL').split(':')

def loader = new GroovyClassLoader(this.class.classLoader)
def part = { String name ->
  // Where this file was compiled beforehand, so were its parts.
  try { return Class.forName('Runner' + name, true, this.class.classLoader) }
  catch (ClassNotFoundException ignored) { return loader.parseClass(new File(folder, 'Runner' + name + '.groovy')) }
}
def scripts = part('Scripts').newInstance(ctx, part('Parameters').newInstance(ctx), part('Macros').newInstance(), part('Failure').newInstance())
def leftovers = part('Leftovers').newInstance(ctx)
def screen = part('Screen').newInstance()

def socket = new Socket(InetAddress.getByName('127.0.0.1'), channel[0] as int)
socket.tcpNoDelay = true
def input = new BufferedReader(new InputStreamReader(socket.inputStream, 'UTF-8'))
def output = new OutputStreamWriter(socket.outputStream, 'UTF-8')
def say = { List words ->
  String line = words.collect { URLEncoder.encode(String.valueOf(it), 'UTF-8') }.join(' ')
  synchronized (output) { output.write(line + '\n'); output.flush() }
}
def flatten = { Map map -> map.collectMany { k, v -> v == null ? [] : [k, v] } }

// The worker's words are read on a thread of their own, so that it is heard (and missed) while a script runs.
def jobs = new java.util.concurrent.LinkedBlockingQueue()
def listener = new Thread({
  try {
    String line
    while ((line = input.readLine()) != null) {
      List words = line.split(' ', -1).collect { URLDecoder.decode(it, 'UTF-8') }
      if (words[0] == 'look') say(['looked'] + flatten(screen.look(scripts.thread, scripts.path)))
      else jobs.put(words)
    }
  }
  catch (IOException ignored) { }
  Runtime.runtime.halt(0)
}, 'distributed-fiji-listener')
listener.daemon = true
listener.start()

// Where /proc is: the launcher may be another process than this one.
def self = new File('/proc/self')
say(['hello', channel[1], System.getProperty('java.version'), self.exists() ? self.canonicalFile.name : ''])

while (true) {
  List words = jobs.take()
  if (words[0] == 'warm') {
    scripts.warm(words[1])
    say(['warmed'])
    continue
  }
  boolean reused = words[2] == 'true'
  if (reused) leftovers.remember()
  Map outcome = scripts.run(words[3], words[4], words.drop(5).collate(3), screen)
  if (reused) outcome.leftovers = leftovers.clear()
  System.out.flush()
  System.err.flush()
  // The worker reads up to this line on both streams before it closes the job's log.
  String end = channel[1] + ' ' + words[1]
  scripts.stdout.println(end)
  scripts.stdout.flush()
  scripts.stderr.println(end)
  scripts.stderr.flush()
  say(['done', words[1]] + flatten(outcome))
}
