package io.github.bitnetort.export.rewrite;

/** What the evaluator cannot compute; the message completes "cannot evaluate". */
class EvaluationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    EvaluationException(String message) {
        super(message);
    }
}
