// Preloaded into a process, makes the machine fail on purpose: the disk is full, a write fails, a permission is lost or the
// process dies at the nth operation that changes files under a folder, or the clock is set back. Built by the tests
// themselves: cc -shared -fPIC -o faults.so faults.c -ldl
//
//   FAULTS_UNDER=/abs/folder   only operations on files below it count
//   FAULTS_AT=n                the nth of them fails (0: none; they are counted all the same)
//   FAULTS_KIND=full|broken|denied|once|kill
//                              full: ENOSPC from then on; broken: EIO from then on; denied: EACCES from then on;
//                              once: ENOSPC this once; kill: the process is killed before it
//   FAULTS_COUNT=/abs/file     when the process ends, the number of operations is written there
//   FAULTS_CLOCK=seconds       is added to the time of day
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))real(#name))

static atomic_long count;
static const char *under, *kind, *counted;
static long at, clock_offset;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
    under = getenv("FAULTS_UNDER");
    kind = getenv("FAULTS_KIND");
    counted = getenv("FAULTS_COUNT");
    const char *text = getenv("FAULTS_AT");
    at = text ? atol(text) : 0;
    text = getenv("FAULTS_CLOCK");
    clock_offset = text ? atol(text) : 0;
    if (!kind) kind = "full";
}

__attribute__((destructor)) static void end(void) {
    if (!counted) return;
    int fd = syscall(SYS_openat, AT_FDCWD, counted, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", atomic_load(&count));
    if (fd >= 0) {
        syscall(SYS_write, fd, text, length);
        close(fd);
    }
}

// Whether this operation, which is about to change something below the folder, is to fail.
static int fails(void) {
    long number = atomic_fetch_add(&count, 1) + 1;
    if (at <= 0 || number < at) return 0;
    if (!strcmp(kind, "kill")) kill(getpid(), SIGKILL);
    if (!strcmp(kind, "once") && number > at) return 0;
    errno = !strcmp(kind, "broken") ? EIO : !strcmp(kind, "denied") ? EACCES : ENOSPC;
    return 1;
}

static int below(const char *path) {
    char whole[PATH_MAX];
    if (!under || !path) return 0;
    if (path[0] != '/') {
        char folder[PATH_MAX];
        if (!getcwd(folder, sizeof folder)) return 0;
        if (snprintf(whole, sizeof whole, "%s/%s", folder, path) >= (int)sizeof whole) return 0;
        path = whole;
    }
    return !strncmp(path, under, strlen(under));
}

static int path_fails(const char *path) { return below(path) && fails(); }

static int file_fails(int fd) {
    char link[64], path[PATH_MAX];
    if (!under) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return path_fails(path);
}

// Room is only needed by what adds bytes or names; where the disk is full, names can still be removed.
static int needs_room(void) { return strcmp(kind, "full") && strcmp(kind, "once"); }

ssize_t write(int fd, const void *bytes, size_t length) {
    return file_fails(fd) ? -1 : REAL(write)(fd, bytes, length);
}
ssize_t writev(int fd, const struct iovec *parts, int number) {
    return file_fails(fd) ? -1 : REAL(writev)(fd, parts, number);
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    return file_fails(fd) ? -1 : REAL(pwrite)(fd, bytes, length, offset);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
    return file_fails(fd) ? -1 : REAL(pwrite64)(fd, bytes, length, offset);
}
ssize_t copy_file_range(int from, off64_t *in, int to, off64_t *out, size_t length, unsigned flags) {
    return file_fails(to) ? -1 : REAL(copy_file_range)(from, in, to, out, length, flags);
}
ssize_t sendfile64(int to, int from, off64_t *offset, size_t length) {
    if (file_fails(to)) return -1;
    return ((ssize_t(*)(int, int, off64_t *, size_t))real("sendfile64"))(to, from, offset, length);
}
int fsync(int fd) { return file_fails(fd) ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return file_fails(fd) ? -1 : REAL(fdatasync)(fd); }
int ftruncate(int fd, off_t length) { return file_fails(fd) ? -1 : REAL(ftruncate)(fd, length); }
int ftruncate64(int fd, off64_t length) { return file_fails(fd) ? -1 : REAL(ftruncate64)(fd, length); }
int rename(const char *from, const char *to) { return path_fails(to) ? -1 : REAL(rename)(from, to); }
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
    return path_fails(to) ? -1 : REAL(renameat2)(a, from, b, to, flags);
}
int link(const char *from, const char *to) { return path_fails(to) ? -1 : REAL(link)(from, to); }
int linkat(int a, const char *from, int b, const char *to, int flags) {
    return path_fails(to) ? -1 : REAL(linkat)(a, from, b, to, flags);
}
int mkdir(const char *path, mode_t mode) { return path_fails(path) ? -1 : REAL(mkdir)(path, mode); }
int unlink(const char *path) { return needs_room() && path_fails(path) ? -1 : REAL(unlink)(path); }
int unlinkat(int fd, const char *path, int flags) {
    return needs_room() && file_fails(fd) ? -1 : REAL(unlinkat)(fd, path, flags);
}
int rmdir(const char *path) { return needs_room() && path_fails(path) ? -1 : REAL(rmdir)(path); }

static mode_t mode_of(int flags, va_list rest) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; }

#define OPENED(name)                                                             \
    int name(const char *path, int flags, ...) {                                 \
        va_list rest;                                                            \
        va_start(rest, flags);                                                   \
        mode_t mode = mode_of(flags, rest);                                      \
        va_end(rest);                                                            \
        if (flags & (O_CREAT | O_TRUNC) && path_fails(path)) return -1;          \
        return REAL(name)(path, flags, mode);                                    \
    }
OPENED(open)
OPENED(open64)

int openat64(int folder, const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    if (flags & (O_CREAT | O_TRUNC) && path_fails(path)) return -1;
    return REAL(openat64)(folder, path, flags, mode);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = REAL(clock_gettime)(clock, now);
    if (!result && clock == CLOCK_REALTIME) now->tv_sec += clock_offset;
    return result;
}
