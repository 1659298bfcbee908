package io.github.bitnetort.generate;

import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Something native that any number of threads use, and one closes: that waits for the uses under way, and those that
 * come later are refused. Native code that is used after its end takes the whole JVM with it.
 */
final class InUse {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final String name;
    private boolean closed;

    /** @param name for errors */
    InUse(String name) {
        this.name = name;
    }

    /** What is done with it. */
    interface Use<T, E extends Exception> {
        T run() throws E;
    }

    /** How it is closed. */
    interface Close<E extends Exception> {
        void run() throws E;
    }

    /** @throws IllegalStateException when it is closed already */
    <T, E extends Exception> T use(Use<T, E> use) throws E {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException(name + ": found it closed, wanted it open for as long as it is used");
            }
            return use.run();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Closes it once. */
    <E extends Exception> void close(Close<E> close) throws E {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                close.run();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
