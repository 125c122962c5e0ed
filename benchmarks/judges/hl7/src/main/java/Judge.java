import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.ConceptValidationOptions;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.context.support.ValidationSupportContext;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.SingleValidationMessage;
import ca.uhn.fhir.validation.ValidationOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Enumerations.PublicationStatus;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.hl7.fhir.r4.model.UriType;
import org.hl7.fhir.r4.model.ValueSet;

/**
 * The official HL7 validator (through HAPI) on FHIR R4 resources, without a terminology server.
 *
 * <p>Argument: the folder of the IPS package. Standard input: one request a line, "PROFILE-URL TAB FILE" ("-" for no
 * profile but those the resource claims). Standard output: for each message
 * "FILE TAB SEVERITY TAB MESSAGE-ID TAB PLACE TAB TEXT", and "FILE TAB done" after the last one.
 */
public final class Judge {
  public static void main(String[] args) throws Exception {
    FhirContext context = FhirContext.forR4();
    FhirValidator validator = context.newValidator();
    FhirInstanceValidator module = new FhirInstanceValidator(support(context, Path.of(args[0])));
    module.setAnyExtensionsAllowed(true);
    validator.registerValidatorModule(module);
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] request = line.split("\t", 2);
      ValidationOptions options = new ValidationOptions();
      if (!request[0].equals("-")) {
        options.addProfile(request[0]);
      }
      String text = Files.readString(Path.of(request[1]));
      for (SingleValidationMessage found : validator.validateWithResult(text, options).getMessages()) {
        say(request[1], String.valueOf(found.getSeverity()), found.getMessageId(), found.getLocationString(),
            found.getMessage());
      }
      say(request[1], "done");
    }
  }

  private static IValidationSupport support(FhirContext context, Path folder) throws Exception {
    DefaultProfileValidationSupport r4 = new DefaultProfileValidationSupport(context);
    PrePopulatedValidationSupport ips = new PrePopulatedValidationSupport(context);
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(p -> p.getFileName().toString().matches("(StructureDefinition|ValueSet|CodeSystem)-.*\\.json"))
          .sorted().toList();
    }
    for (Path file : files) {
      // HAPI knows the profiles of R4 by their address alone.
      String text = Files.readString(file).replaceAll("(http://hl7.org/fhir/StructureDefinition/[^|\"]*)\\|[^\"]+\"", "$1\"");
      addExtensions(text, r4, ips);
      IBaseResource resource = context.newJsonParser().parseResource(text);
      ips.addResource(resource);
    }
    UnknownCodeSystemWarningValidationSupport unknown = new UnknownCodeSystemWarningValidationSupport(context);
    unknown.setNonExistentCodeSystemSeverity(IValidationSupport.IssueSeverity.WARNING);
    ValidationSupportChain chain = new ValidationSupportChain(
        r4, ips, new Languages(context),
        new CommonCodeSystemsTerminologyService(context),
        new InMemoryTerminologyServerValidationSupport(context), unknown, new SnapshotGeneratingValidationSupport(context));
    // A required binding asks for one coding of its value set; further codings may be anything.
    chain.setCodeableConceptValidationSuccessfulIfNotAllCodingsAreValid(true);
    return chain;
  }

  /**
   * IPS names extensions of the package hl7.fhir.uv.extensions.r4, which no registry at hand carries. One that R4 does
   * not know is defined here by its address alone, so that slicing by it can be evaluated.
   */
  private static void addExtensions(String text, DefaultProfileValidationSupport r4, PrePopulatedValidationSupport ips) {
    Matcher found = Pattern.compile("http://hl7.org/fhir/StructureDefinition/[a-zA-Z0-9-]+").matcher(text);
    while (found.find()) {
      String url = found.group();
      if (r4.fetchStructureDefinition(url) != null || ips.fetchStructureDefinition(url) != null) {
        continue;
      }
      StructureDefinition extension = new StructureDefinition();
      extension.setUrl(url).setName("X" + url.hashCode()).setStatus(PublicationStatus.ACTIVE);
      extension.setKind(StructureDefinition.StructureDefinitionKind.COMPLEXTYPE).setAbstract(false).setType("Extension");
      extension.setBaseDefinition("http://hl7.org/fhir/StructureDefinition/Extension");
      extension.setDerivation(StructureDefinition.TypeDerivationRule.CONSTRAINT);
      extension.addContext().setType(StructureDefinition.ExtensionContextType.ELEMENT).setExpression("Element");
      extension.getDifferential().addElement().setPath("Extension").setId("Extension");
      extension.getDifferential().addElement().setPath("Extension.url").setFixed(new UriType(url)).setId("Extension.url");
      ips.addStructureDefinition(extension);
    }
  }

  /**
   * Language tags. The value set "languages" is a preferred binding with a few regions (pt-BR, not pt-PT); its maximum is
   * every tag of BCP 47, and without a terminology server HAPI takes the short list for the maximum.
   */
  private static final class Languages extends CommonCodeSystemsTerminologyService {
    private static final String SOME = "http://hl7.org/fhir/ValueSet/languages";
    private static final String ALL = "http://hl7.org/fhir/ValueSet/all-languages";

    Languages(FhirContext context) {
      super(context);
    }

    @Override
    public boolean isValueSetSupported(ValidationSupportContext root, String url) {
      return url != null && url.startsWith(SOME);
    }

    @Override
    public boolean isCodeSystemSupported(ValidationSupportContext root, String system) {
      return false;
    }

    @Override
    public CodeValidationResult validateCode(ValidationSupportContext root, ConceptValidationOptions options,
        String system, String code, String display, String valueSet) {
      return valueSet != null && valueSet.startsWith(SOME)
          ? super.validateCode(root, options, system, code, display, ALL) : null;
    }

    @Override
    public CodeValidationResult validateCodeInValueSet(ValidationSupportContext root, ConceptValidationOptions options,
        String system, String code, String display, IBaseResource valueSet) {
      return valueSet instanceof ValueSet set && SOME.equals(set.getUrl())
          ? super.validateCode(root, options, system, code, display, ALL) : null;
    }

    @Override
    public IBaseResource fetchCodeSystem(String system) {
      return null;
    }
  }

  private static void say(String... fields) {
    StringBuilder line = new StringBuilder();
    for (String field : fields) {
      line.append(line.length() == 0 ? "" : "\t").append(String.valueOf(field).replaceAll("\\s+", " "));
    }
    System.out.println(line);
  }
}
