package io.github.attention4j.internal.several;

import java.util.List;

/**
 * What the shares of a call cost one device.
 *
 * @param work its part of the call's multiplications, 1 for all
 * @param bytesThere of the inputs of its shares
 * @param bytesBack of their outputs
 */
record Balance(double work, long bytesThere, long bytesBack) {
    static Balance of(int device, List<Share> shares) {
        double all = 0;
        double own = 0;
        long there = 0;
        long back = 0;
        for (Share share : shares) {
            all += share.work();
            if (share.device() == device) {
                own += share.work();
                there += share.bytes(false);
                back += share.bytes(true);
            }
        }
        return new Balance(own / all, there, back);
    }

    /** "50.0 % of the work, 4096 bytes there, 1024 back". */
    @Override
    public String toString() {
        return Math.round(work * 1000) / 10.0 + " % of the work, " + bytesThere + " bytes there, " + bytesBack
                + " back";
    }
}
