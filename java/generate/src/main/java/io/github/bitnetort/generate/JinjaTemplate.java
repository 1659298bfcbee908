package io.github.bitnetort.generate;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A chat template in Jinjava, set up as transformers sets up jinja2: {@code trim_blocks}, {@code lstrip_blocks}, Python's
 * methods of strings, {@code tojson} without HTML escapes, {@code raise_exception} and {@code strftime_now}. Rewritten
 * beforehand is what Jinjava's parser does not know: reversing by {@code [::-1]}, computed arguments of
 * {@code namespace}, and the {@code generation} tag, which only marks text. Known to differ: {@code length} and slices of
 * texts count UTF-16 units, a list, {@code none} or a truth value is not written as Python writes it, the text
 * {@code false} counts as false, and a text is not iterable.
 */
final class JinjaTemplate {
    private static final Pattern REVERSED = Pattern.compile("\\[\\s*::\\s*-1\\s*]");
    private static final Pattern GENERATION = Pattern.compile("\\{%(-?)\\s*(end)?generation\\s*(-?)%}");
    private static final String NAMESPACE = "namespace(";

    private final Path file;
    private final String source;

    /** Made when a conversation first needs it: that takes longer than opening a small model. */
    private static final class Engine {
        private static final Jinjava JINJAVA = jinjava();
    }

    /** @param file named in errors */
    JinjaTemplate(Path file, String text) {
        this.file = file;
        this.source = rewrite(text);
    }

    /** @throws IllegalArgumentException naming the file and what the template or Jinjava complained about */
    String render(Map<String, Object> variables) {
        RenderResult result = Engine.JINJAVA.renderForResult(source, variables);
        if (!result.getErrors().isEmpty()) {
            TemplateError first = result.getErrors().get(0);
            throw new IllegalArgumentException(
                    file + ": chat template, line " + first.getLineno() + ": " + message(first));
        }
        return result.getOutput();
    }

    private static String message(TemplateError error) {
        for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
            if (cause instanceof PythonFunctions.Refusal) {
                return cause.getMessage();
            }
        }
        return error.getMessage();
    }

    private static Jinjava jinjava() {
        LegacyOverrides likeJinja2 = LegacyOverrides.newBuilder()
                .withEvaluateMapKeys(true)
                .withIterateOverMapKeys(true)
                .withUseNaturalOperatorPrecedence(true)
                .withParseWhitespaceControlStrictly(true)
                .withAllowAdjacentTextNodes(true)
                .withUseTrimmingForNotesAndExpressions(true)
                .withKeepNullableLoopValues(true)
                .build();
        Jinjava jinjava = new Jinjava(JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withKeepTrailingNewline(true)
                .withNestedInterpretationEnabled(false)
                .withElResolver(PythonMethods.resolver())
                .withLegacyOverrides(likeJinja2)
                .build());
        jinjava.getGlobalContext().registerFilter(new ToJsonFilter());
        jinjava.getGlobalContext().registerFilter(new ReversedFilter());
        jinjava.getGlobalContext().registerFilter(new TrimFilter());
        // So that "is defined" says so of the functions.
        jinjava.getGlobalContext().put("raise_exception", true);
        jinjava.getGlobalContext().put("strftime_now", true);
        jinjava.getGlobalContext()
                .registerFunction(new ELFunctionDefinition(
                        "", "raise_exception", PythonFunctions.class, "raiseException", String.class));
        jinjava.getGlobalContext()
                .registerFunction(new ELFunctionDefinition(
                        "", "strftime_now", PythonFunctions.class, "strftimeNow", String.class));
        return jinjava;
    }

    private static String rewrite(String text) {
        String rewritten = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text; // as jinja2 does
        rewritten = REVERSED.matcher(rewritten).replaceAll("|" + ReversedFilter.NAME);
        Matcher tags = GENERATION.matcher(rewritten);
        rewritten = tags.replaceAll(
                tag -> "{%" + tag.group(1) + (tag.group(2) == null ? " if true " : " endif ") + tag.group(3) + "%}");
        return parenthesizeNamespaces(rewritten);
    }

    /** {@code namespace(a=b|length - 1)} becomes {@code namespace(a=(b|length - 1))}. */
    private static String parenthesizeNamespaces(String text) {
        StringBuilder out = new StringBuilder();
        int done = 0;
        for (int at = text.indexOf(NAMESPACE); at >= 0; at = text.indexOf(NAMESPACE, done)) {
            int begin = at + NAMESPACE.length();
            out.append(text, done, begin);
            done = parenthesizeArguments(text, begin, out);
        }
        return out.append(text, done, text.length()).toString();
    }

    /** Copies arguments up to the parenthesis that closes the call, and gives its place. */
    private static int parenthesizeArguments(String text, int begin, StringBuilder out) {
        int depth = 0;
        char quote = 0;
        boolean open = false;
        int at = begin;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (depth == 0 && (c == ',' || c == ')')) {
                out.append(open ? ")" : "");
                open = false;
                if (c == ')') {
                    return at;
                }
            } else if ("([{".indexOf(c) >= 0) {
                depth++;
            } else if (")]}".indexOf(c) >= 0) {
                depth--;
            }
            out.append(c);
            if (depth == 0 && quote == 0 && c == '=' && !open && text.charAt(at + 1) != '=') {
                out.append('(');
                open = true;
            }
        }
        return at;
    }
}
