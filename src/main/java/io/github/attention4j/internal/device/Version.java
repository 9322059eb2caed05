package io.github.attention4j.internal.device;

import java.util.Locale;

/**
 * The first two numbers of a driver's version. What comes after a release and before the next counts as before the
 * next: the numbers say no more than that.
 *
 * @param isEarly whether it is an early state of that version, such as {@code 6.1-pre} or {@code 7.2-rc1}
 */
record Version(int major, int minor, boolean isEarly) implements Comparable<Version> {
    private static final String POCL = "pocl";
    private static final int MOST_DIGITS = 6;

    /** The version that a text begins with, or null if it begins with none. */
    static Version of(String text) {
        return at(text, 0);
    }

    /**
     * PoCL's version in what its platform says of itself, {@code "… OpenCL 3.0 PoCL 6.0+debian Linux, …"}; null if it
     * is not said.
     */
    static Version ofPocl(String platform) {
        String lower = platform.toLowerCase(Locale.ROOT);
        for (int at = lower.indexOf(POCL); at >= 0; at = lower.indexOf(POCL, at + 1)) {
            int begin = at + POCL.length();
            while (begin < lower.length() && " -_v".indexOf(lower.charAt(begin)) >= 0) {
                begin++;
            }
            Version version = at(lower, begin);
            if (version != null) {
                return version;
            }
        }
        return null;
    }

    private static Version at(String text, int begin) {
        int point = endOfDigits(text, begin);
        int major = number(text, begin, point);
        if (major < 0) {
            return null;
        }
        boolean hasMinor =
                point < text.length() && text.charAt(point) == '.' && endOfDigits(text, point + 1) > point + 1;
        int end = hasMinor ? endOfDigits(text, point + 1) : point;
        int minor = hasMinor ? number(text, point + 1, end) : 0;
        if (minor < 0) {
            return null;
        }
        while (end < text.length() && text.charAt(end) == '.' && endOfDigits(text, end + 1) > end + 1) {
            end = endOfDigits(text, end + 1); // numbers of patches
        }
        String rest = text.substring(end, endOfWord(text, end));
        if (rest.indexOf("-g") > 0) { // so many commits after a release: 7.1-12-gabcdef
            return new Version(major, minor + 1, true);
        }
        boolean isMarked = !rest.isEmpty() && "-_.~".indexOf(rest.charAt(0)) >= 0;
        int letter = isMarked ? 1 : 0;
        return new Version(major, minor, letter < rest.length() && Character.isLetter(rest.charAt(letter)));
    }

    private static int endOfDigits(String text, int begin) {
        int end = begin;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    private static int endOfWord(String text, int begin) {
        int end = begin;
        while (end < text.length() && " ,;()".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return end;
    }

    /** Less than 0 if there is none, or one that no version has. */
    private static int number(String text, int begin, int end) {
        return end == begin || end - begin > MOST_DIGITS ? -1 : Integer.parseInt(text.substring(begin, end));
    }

    @Override
    public int compareTo(Version other) {
        if (major != other.major) {
            return Integer.compare(major, other.major);
        }
        return minor != other.minor ? Integer.compare(minor, other.minor) : Boolean.compare(other.isEarly, isEarly);
    }

    @Override
    public String toString() {
        return major + "." + minor + (isEarly ? " (an early state)" : "");
    }
}
