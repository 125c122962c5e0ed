import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.hl7.fhir.convertors.misc.ccda.CCDAConverter;
import org.hl7.fhir.dstu3.formats.JsonParser;
import org.hl7.fhir.dstu3.model.Bundle;

/** HL7's own converter of C-CDA to FHIR (DSTU3), timed: arguments are the rounds, then the documents. */
public final class Convert {
  public static void main(String[] arguments) {
    int rounds = Integer.parseInt(arguments[0]);
    List<String> rows = new ArrayList<>();
    for (String name : Arrays.copyOfRange(arguments, 1, arguments.length)) {
      try {
        rows.add(timed(Files.readAllBytes(Path.of(name)), rounds));
      } catch (Exception error) {
        rows.add("{\"error\": \"" + error.getMessage().replaceAll("[^A-Za-z0-9 .']", " ") + "\"}");
      }
    }
    System.out.println("RESULT[" + String.join(", ", rows) + "]");
  }

  private static String timed(byte[] data, int rounds) throws Exception {
    double[] times = new double[rounds];
    int resources = 0;
    for (int round = -1; round < rounds; round++) {
      long started = System.nanoTime();
      Bundle bundle = new CCDAConverter(null, null).convert(new ByteArrayInputStream(data));
      new JsonParser().composeBytes(bundle);
      if (round >= 0) {
        times[round] = (System.nanoTime() - started) / 1e6;
      }
      resources = bundle.getEntry().size();
    }
    Arrays.sort(times);
    return "{\"ms\": " + times[rounds / 2] + ", \"resources\": " + resources + "}";
  }
}
