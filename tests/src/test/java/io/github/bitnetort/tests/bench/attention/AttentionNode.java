package io.github.bitnetort.tests.bench.attention;

/** The names of what one of a model's nodes reads and writes. */
record AttentionNode(int index) {
    String y() {
        return "Y" + index;
    }

    String pastKey() {
        return "past_key." + index;
    }

    String pastValue() {
        return "past_value." + index;
    }

    String presentKey() {
        return "present_key." + index;
    }

    String presentValue() {
        return "present_value." + index;
    }
}
