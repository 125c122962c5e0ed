import com.helger.commons.io.resource.FileSystemResource;
import com.helger.schematron.AbstractSchematronResource;
import com.helger.schematron.sch.SchematronResourceSCH;
import com.helger.schematron.schxslt.xslt2.SchematronResourceSchXslt_XSLT2;
import java.io.File;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Judges documents by a rule set: {@code Judge ENGINE RULES.sch PHASE DOCUMENT...}; one line a finding, tabs between. */
public final class Judge {
  private static final String SVRL = "http://purl.oclc.org/dsdl/svrl";

  public static void main(String[] arguments) throws Exception {
    FileSystemResource rules = new FileSystemResource(new File(arguments[1]));
    String phase = arguments[2].equals("#DEFAULT") ? null : arguments[2];
    AbstractSchematronResource engine;
    if (arguments[0].equals("schxslt")) {
      SchematronResourceSchXslt_XSLT2 made = new SchematronResourceSchXslt_XSLT2(rules);
      made.setPhase(phase);
      engine = made;
    } else {
      SchematronResourceSCH made = new SchematronResourceSCH(rules);
      made.setPhase(phase);
      engine = made;
    }
    if (!engine.isValidSchematron()) {
      System.out.println("refused");
      return;
    }
    for (int number = 3; number < arguments.length; number++) {
      Document svrl = engine.applySchematronValidation(new FileSystemResource(new File(arguments[number])));
      System.out.println("document\t" + (number - 3) + "\t" + list(svrl, "fired-rule").getLength());
      say(list(svrl, "failed-assert"), "assert");
      say(list(svrl, "successful-report"), "report");
    }
  }

  private static NodeList list(Document svrl, String name) {
    return svrl.getElementsByTagNameNS(SVRL, name);
  }

  private static void say(NodeList found, String kind) {
    for (int number = 0; number < found.getLength(); number++) {
      Element element = (Element) found.item(number);
      String[] parts = {kind, element.getAttribute("role"), element.getAttribute("test"), element.getAttribute("location")};
      System.out.println(String.join("\t", parts).replaceAll("[\\r\\n]+", " "));
    }
  }
}
