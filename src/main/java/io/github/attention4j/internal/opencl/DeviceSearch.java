package io.github.attention4j.internal.opencl;

import io.github.attention4j.internal.Obstacle;
import io.github.attention4j.internal.disk.DiskException;

/**
 * Looks for OpenCL devices and never throws. A class of its own without any of JOCL's, so that it loads where JOCL does
 * not. What kept the native code from loading is remembered, for the JVM tells the first time only.
 */
public final class DeviceSearch {
    private static volatile Obstacle unloadable;

    private DeviceSearch() {}

    /** The devices, best first, and what keeps others from being used. */
    public static OpenCl.Discovery run() {
        Obstacle why = unloadable;
        if (why == null) {
            why = IcdLoader.obstacle();
        }
        if (why != null) {
            return OpenCl.Discovery.none(why);
        }
        try {
            JoclLibrary.load();
            return OpenCl.discover();
        } catch (DiskException e) {
            return OpenCl.Discovery.none(new Obstacle(e.why(), e.remedy(), e)); // the next call tries again
        } catch (LinkageError e) {
            unloadable = LinkFailures.obstacle(e);
            return OpenCl.Discovery.none(unloadable);
        } catch (RuntimeException e) {
            return OpenCl.Discovery.none(DriverFailures.of(e));
        }
    }
}
