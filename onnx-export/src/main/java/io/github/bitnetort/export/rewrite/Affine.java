package io.github.bitnetort.export.rewrite;

/**
 * What became of a product on its way: product · scale + bias, where the scale is one for all or one an output column, and
 * there may still be the activations' own scale to be divided by.
 *
 * @param scale [1] or [n]
 * @param bias [n], or null
 * @param divided whether the activations' scale is accounted for
 */
record Affine(double[] scale, double[] bias, boolean divided) {
    /** Times (or, inverse, divided by) a constant: one, or one a column. */
    Affine times(double[] factor, boolean inverse) {
        return new Affine(
                product(scale, factor, inverse), bias == null ? null : product(bias, factor, inverse), divided);
    }

    /** The same, with the activations' scale accounted for. */
    Affine dividedBy(double[] factor, boolean inverse) {
        return new Affine(product(scale, factor, inverse), bias, true);
    }

    /** Plus (or minus) a constant. */
    Affine plus(double[] addend, int n, double sign) {
        double[] sum = new double[n];
        for (int i = 0; i < n; i++) {
            sum[i] = (bias == null ? 0 : bias[i]) + sign * addend[addend.length == 1 ? 0 : i];
        }
        return new Affine(scale, sum, divided);
    }

    private static double[] product(double[] a, double[] b, boolean inverse) {
        double[] result = new double[Math.max(a.length, b.length)];
        for (int i = 0; i < result.length; i++) {
            double x = a[a.length == 1 ? 0 : i];
            double y = b[b.length == 1 ? 0 : i];
            result[i] = inverse ? x / y : x * y;
        }
        return result;
    }
}
