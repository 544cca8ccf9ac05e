import org.scijava.convert.ConvertService
import org.scijava.script.ScriptInfo

/**
 * Compares what a script declares with what the job gives, before anything runs. SciJava only logs a missing or
 * mistyped parameter and then uses the value it remembers from an earlier run, or 0.
 */
class RunnerParameters {
  private final ConvertService convert

  RunnerParameters(ctx) { convert = ctx.getService(ConvertService) }

  /** `given`: lists of name, type (string, number, boolean) and value. Returns inputs, problems and notes (texts). */
  Map check(ScriptInfo info, List given, String output) {
    Map values = [:]
    given.each { values[it[0]] = it[1] == 'number' ? new BigDecimal(it[2]) : it[1] == 'boolean' ? it[2] == 'true' : it[2] }
    Map inputs = [:]
    List problems = []
    Set declared = []
    info.inputs().each { item ->
      String name = item.name
      Class type = item.type
      declared << name
      if (filledIn(type)) return
      if (values.containsKey(name)) {
        try { inputs[name] = checked(item, values[name]) }
        catch (IllegalArgumentException e) { problems << (name + ' = ' + quote(values[name]) + ': ' + e.message) }
      }
      else if (name == 'output_directory') inputs[name] = convert.convert(output, type)
      else if (item.defaultValue != null) inputs[name] = item.defaultValue
      else if (item.required && String.valueOf(item.visibility) != 'MESSAGE') problems << (name + ' is missing (' + type.simpleName + ')' + advice(type))
    }
    List unused = values.keySet().findAll { !(it in declared) } as List
    String notes = unused && declared ? 'Note: not declared by the script, so not passed to it: ' + unused.join(', ') : null
    return [inputs: inputs, problems: problems.join('; '), notes: notes]
  }

  private Object checked(item, Object value) {
    Class type = item.type
    Object converted = type == Object ? value : convertStrictly(value, type)
    if (item.choices) {
      List choices = item.choices.collect { String.valueOf(it) }
      if (!(String.valueOf(converted) in choices)) throw new IllegalArgumentException('is none of ' + choices.join(', '))
    }
    if (converted instanceof Comparable) {
      def min = item.minimumValue, max = item.maximumValue
      if (min instanceof Number && (converted as BigDecimal) < (min as BigDecimal)) throw new IllegalArgumentException('is below its least value ' + min)
      if (max instanceof Number && (converted as BigDecimal) > (max as BigDecimal)) throw new IllegalArgumentException('is above its greatest value ' + max)
    }
    return converted
  }

  private Object convertStrictly(Object value, Class type) {
    Class boxed = [(int): Integer, (long): Long, (short): Short, (byte): Byte, (float): Float, (double): Double, (boolean): Boolean, (char): Character][type] ?: type
    if (boxed == String) return value instanceof BigDecimal ? value.toPlainString() : String.valueOf(value)
    if (boxed == Boolean) {
      String text = String.valueOf(value).trim().toLowerCase()
      if (text in ['true', 'yes', '1']) return true
      if (text in ['false', 'no', '0']) return false
      throw new IllegalArgumentException('is not true or false')
    }
    if (Number.isAssignableFrom(boxed)) {
      BigDecimal number
      try { number = new BigDecimal(String.valueOf(value).trim()) }
      catch (NumberFormatException e) {
        if (boxed in [Double, Float, Number] && String.valueOf(value).trim() in ['NaN', 'Infinity', '-Infinity']) return convert.convert(String.valueOf(value).trim(), boxed)
        throw new IllegalArgumentException('is not a number')
      }
      if (boxed in [Integer, Long, Short, Byte, BigInteger]) {
        BigInteger whole
        try { whole = number.toBigIntegerExact() }
        catch (ArithmeticException e) { throw new IllegalArgumentException('is not a whole number') }
        if (boxed != BigInteger && (whole < (boxed.MIN_VALUE as BigInteger) || whole > (boxed.MAX_VALUE as BigInteger))) throw new IllegalArgumentException('is too large for ' + type.simpleName)
        return convert.convert(whole.toString(), boxed)
      }
      return boxed == Number ? number : convert.convert(number.toString(), boxed)
    }
    Object converted = null
    try { converted = convert.convert(value instanceof BigDecimal ? value.toPlainString() : value, type) }
    catch (Throwable ignored) { }
    if (converted == null) throw new IllegalArgumentException('cannot become ' + type.simpleName + advice(type))
    return converted
  }

  /** Fiji's own preprocessors fill these in. */
  private static boolean filledIn(Class type) {
    for (Class c = type; c != null; c = c.superclass) if (c.name in ['org.scijava.Context', 'org.scijava.AbstractGateway']) return true
    return ['org.scijava.service.Service', 'org.scijava.Gateway', 'org.scijava.log.Logger', 'org.scijava.plugin.PluginInfo'].any { String name ->
      try { Class.forName(name, false, type.classLoader ?: RunnerParameters.classLoader).isAssignableFrom(type) }
      catch (ClassNotFoundException ignored) { false }
    }
  }

  private static String advice(Class type) {
    return type.name.startsWith('ij.') || type.name.startsWith('net.imagej.') || type.name.startsWith('net.imglib2.') ?
      ': no image is open when a job starts; declare a File and open it in the script' : ''
  }

  private static String quote(Object value) {
    String text = String.valueOf(value)
    return '"' + (text.length() > 100 ? text.take(100) + '...' : text) + '"'
  }
}
