// A script that does what its job tells it to: each way a job can end.
#@ String what
#@ String (required = false) file
#@ String (required = false) image
#@ Integer (required = false) bytes

def output = new File("output")
def result = new File(output, file ?: "result.txt")
result.parentFile.mkdirs()
switch (what) {
  case "write": if (!bytes) result.setText("done ü", "UTF-8") else result.bytes = new byte[bytes]; break
  case "copy": result.bytes = new File(image).bytes; break
  case "list": result.setText(new File(image).list().sort().join("\n"), "UTF-8"); break
  case "nothing": break
  case "astray": new File("out.csv").text = "1"; break
  case "throw": throw new IllegalStateException("no nuclei in 'A01' for \$5")
  case "memory": def all = []; while (true) all << new byte[8 << 20]
  case "sleep": result.text = ""; Thread.sleep(600000); break
  case "await": while (!new File(image).exists()) Thread.sleep(50); result.text = "it came"; break
  case "shell": assert ["bash", "-c", image, file ?: ""].execute((List) null, output).waitFor() == 0; break
  case "end the worker": ProcessHandle.current().parent().get().destroyForcibly(); Thread.sleep(600000); break
  case "fill": result.withOutputStream { out -> def block = new byte[1 << 20]; while (true) out.write(block) }
}
println "did: ${what}"
