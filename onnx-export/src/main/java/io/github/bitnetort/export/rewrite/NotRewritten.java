package io.github.bitnetort.export.rewrite;

/** Why a node is left as it is; the message is for people. */
final class NotRewritten extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotRewritten(String reason) {
        super(reason);
    }
}
