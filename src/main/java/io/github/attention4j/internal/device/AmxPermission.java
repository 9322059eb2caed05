package io.github.attention4j.internal.device;

import java.util.Optional;

/**
 * What {@code amx_permission.cl} found out: whether this process may use AMX. A step that was not taken is 0.
 *
 * @param isThere 1 if the processor says that it has tiles and products of bf16
 * @param isSwitched 1 if the system keeps them for each thread
 * @param result of the request: 0, or less by the error's number
 * @param permitted 3 if configuration and data of tiles are permitted then
 */
public record AmxPermission(int isThere, int isSwitched, int result, int permitted) {
    private static final int ALL = 3;

    /** Errors of {@code arch_prctl} with what they mean here. */
    private static final String[][] ERRORS = {
        {"22", "EINVAL: Linux knows no such permission, which came with 5.16"},
        {"28", "ENOSPC: a thread has an alternate signal stack that is too small for tiles"},
        {"95", "EOPNOTSUPP: Linux does not support the unit here"}
    };

    /** From the kernel's numbers. */
    public static AmxPermission of(int[] answer) {
        return new AmxPermission(answer[0], answer[1], answer[2], answer[3]);
    }

    /** Why the unit is not used, or empty. */
    public Optional<String> obstacle() {
        if (isThere != 1) {
            return Optional.of("the processor does not say by cpuid that it has AMX with bf16");
        }
        if (isSwitched != 1) {
            return Optional.of("the system does not keep AMX's tiles for each thread (XCR0)");
        }
        if (result != 0) {
            return Optional.of("Linux refuses the permission for AMX with errno " + -result + meaning());
        }
        return permitted == ALL
                ? Optional.empty()
                : Optional.of("Linux granted the permission for AMX, but permits " + permitted + " and not " + ALL);
    }

    private String meaning() {
        for (String[] error : ERRORS) {
            if (error[0].equals(Integer.toString(-result))) {
                return ", " + error[1];
            }
        }
        return "";
    }
}
