/*
 * Stands in for the OpenCL library and hands every call on to the real one, but makes the one call fail that the test asks for, and counts the
 * objects that were given out and given back. The test talks to it through a file that both have mapped (FAULTS_CONTROL); FAULTS_REAL names
 * the real library. Only what the engine calls is here.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef int32_t code_t;
typedef uint32_t uint_t;
typedef uint64_t bits_t;
typedef void *object;

/* What is counted. */
enum { CONTEXT, QUEUE, MEMORY, PROGRAM, KERNEL, EVENT, KINDS };

/* The file, int by int; FaultControl.java has the same. */
struct control {
  int32_t armed;      /* the number of the call that is to fail, from 1; 0 for none */
  int32_t code;       /* what it returns; or with odd answers, which */
  int32_t odd;        /* the call succeeds and answers nonsense */
  int32_t calls;      /* calls so far */
  int32_t hits;       /* how many failed */
  int32_t live[KINDS]; /* objects given out and not given back */
  char call[64];      /* the one that failed */
};

static volatile struct control *control;
static void *real;

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("FAULTS_CONTROL");
  const char *library = getenv("FAULTS_REAL");
  int descriptor = file ? open(file, O_RDWR) : -1;
  void *memory =
      descriptor < 0 ? MAP_FAILED : mmap(0, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  real = library ? dlopen(library, RTLD_NOW | RTLD_LOCAL) : 0;
  if (memory == MAP_FAILED || !real) {
    fprintf(stderr, "faults: FAULTS_CONTROL or FAULTS_REAL cannot be used: %s\n", real ? "no file" : dlerror());
    abort();
  }
  close(descriptor);
  control = memory;
}

static void *function(const char *name) {
  void *found = dlsym(real, name);
  if (!found) {
    fprintf(stderr, "faults: the real library has no %s\n", name);
    abort();
  }
  return found;
}

/* Counts a call; whether it is the one. */
static int is_hit(const char *name) {
  if (__atomic_add_fetch(&control->calls, 1, __ATOMIC_SEQ_CST) != control->armed) {
    return 0;
  }
  strncpy((char *)control->call, name, sizeof control->call - 1);
  __atomic_add_fetch(&control->hits, 1, __ATOMIC_SEQ_CST);
  return 1;
}

static int fails(const char *name) { return is_hit(name) && !control->odd; }

/*
 * JOCL asks for an event of every unmapping, and waits for it and releases it on a thread of its own, nobody knows when. These calls are not the
 * library's: they neither count nor fail.
 */
static object jocls[64];

static int is_jocls(object event, object instead) {
  for (int i = 0; event && i < 64; i++) {
    object wanted = event;
    if (__atomic_compare_exchange_n(&jocls[i], &wanted, instead, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
      return 1;
    }
  }
  return 0;
}

static void keep_jocls(object event) {
  for (int i = 0; i < 64; i++) {
    object wanted = 0;
    if (__atomic_compare_exchange_n(&jocls[i], &wanted, event, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) return;
  }
}

static void given(int kind, int count) { __atomic_add_fetch(&control->live[kind], count, __ATOMIC_SEQ_CST); }

/* A call that returns a code and makes nothing. */
#define PLAIN(name, parameters, arguments)                                                                             \
  code_t name parameters {                                                                                             \
    static code_t(*next) parameters;                                                                                   \
    if (!next) next = (code_t(*) parameters)function(#name);                                                           \
    return fails(#name) ? control->code : next arguments;                                                              \
  }

/* One that gives back or keeps an object. A release that fails has given back all the same: what is left then is up to the driver. */
#define REFERENCE(name, kind, by)                                                                                      \
  code_t name(object o) {                                                                                              \
    static code_t (*next)(object);                                                                                     \
    if (!next) next = (code_t(*)(object))function(#name);                                                              \
    if (kind == EVENT && is_jocls(o, 0)) return next(o);                                                               \
    int fail = fails(#name);                                                                                           \
    if (fail && by > 0) return control->code;                                                                          \
    code_t code = next(o);                                                                                             \
    given(kind, by);                                                                                                   \
    return fail ? control->code : code;                                                                                \
  }

/* One that makes an object. */
#define MAKE(name, kind, parameters, arguments)                                                                        \
  object name parameters {                                                                                             \
    static object(*next) parameters;                                                                                   \
    if (!next) next = (object(*) parameters)function(#name);                                                           \
    if (fails(#name)) {                                                                                                \
      if (error) *error = control->code;                                                                               \
      return 0;                                                                                                        \
    }                                                                                                                  \
    object made = next arguments;                                                                                      \
    given(kind, made != 0);                                                                                            \
    return made;                                                                                                       \
  }

/* One that enqueues and may make an event. */
#define ENQUEUE(name, parameters, arguments)                                                                           \
  code_t name parameters {                                                                                             \
    static code_t(*next) parameters;                                                                                   \
    if (!next) next = (code_t(*) parameters)function(#name);                                                           \
    if (fails(#name)) return control->code;                                                                            \
    code_t code = next arguments;                                                                                      \
    given(EVENT, code == 0 && event != 0);                                                                             \
    return code;                                                                                                       \
  }

/* Nonsense in place of an answer: zeros, or all bits, or a size that nobody has memory for. */
static void confuse(size_t size, void *value, size_t *needed) {
  if (value) memset(value, control->code == 0 ? 0 : 0xff, size);
  if (needed) *needed = control->code == 0 ? 0 : control->code == 1 ? (size_t)1 << 40 : (size_t)-1;
}

/* One that answers a question; what is a handle or a pointer is not made nonsense of. */
#define ASK(name, is_pointer, parameters, arguments)                                                                   \
  code_t name parameters {                                                                                             \
    static code_t(*next) parameters;                                                                                   \
    if (!next) next = (code_t(*) parameters)function(#name);                                                           \
    int hit = is_hit(#name);                                                                                           \
    if (hit && !control->odd) return control->code;                                                                    \
    code_t code = next arguments;                                                                                      \
    if (hit && !(is_pointer)) confuse(size, value, needed);                                                            \
    return code;                                                                                                       \
  }

static void confuse_count(int hit, uint_t *count) {
  if (hit && count) *count = control->code == 0 ? 0 : control->code == 1 ? 0x7fffffffu : 0xffffffffu;
}

code_t clGetPlatformIDs(uint_t room, object *to, uint_t *count) {
  static code_t (*next)(uint_t, object *, uint_t *);
  if (!next) next = (code_t(*)(uint_t, object *, uint_t *))function("clGetPlatformIDs");
  int hit = is_hit("clGetPlatformIDs");
  if (hit && !control->odd) return control->code;
  code_t code = next(room, to, count);
  confuse_count(hit, count);
  return code;
}

code_t clGetDeviceIDs(object platform, bits_t type, uint_t room, object *to, uint_t *count) {
  static code_t (*next)(object, bits_t, uint_t, object *, uint_t *);
  if (!next) next = (code_t(*)(object, bits_t, uint_t, object *, uint_t *))function("clGetDeviceIDs");
  int hit = is_hit("clGetDeviceIDs");
  if (hit && !control->odd) return control->code;
  code_t code = next(platform, type, room, to, count);
  confuse_count(hit, count);
  return code;
}

#define QUESTION uint_t what, size_t size, void *value, size_t *needed
ASK(clGetPlatformInfo, 0, (object o, QUESTION), (o, what, size, value, needed))
ASK(clGetDeviceInfo, what == 0x1031, (object o, QUESTION), (o, what, size, value, needed)) /* CL_DEVICE_PLATFORM */
/* CL_MEM_HOST_PTR, CL_MEM_CONTEXT, CL_MEM_ASSOCIATED_MEMOBJECT */
ASK(clGetMemObjectInfo, what == 0x1103 || what == 0x1106 || what == 0x1107, (object o, QUESTION), (o, what, size, value, needed))
ASK(clGetCommandQueueInfo, 1, (object o, QUESTION), (o, what, size, value, needed))
/* CL_PROGRAM_DEVICES, CL_PROGRAM_BINARIES */
ASK(clGetProgramInfo, what == 0x1163 || what == 0x1166, (object o, QUESTION), (o, what, size, value, needed))
ASK(clGetProgramBuildInfo, 0, (object o, object device, QUESTION), (o, device, what, size, value, needed))
ASK(clGetKernelWorkGroupInfo, 0, (object o, object device, QUESTION), (o, device, what, size, value, needed))
ASK(clGetEventInfo, 0, (object o, QUESTION), (o, what, size, value, needed))
ASK(clGetEventProfilingInfo, 0, (object o, QUESTION), (o, what, size, value, needed))

MAKE(clCreateContext, CONTEXT,
     (const intptr_t *properties, uint_t count, const object *devices, void *tell, void *data, code_t *error),
     (properties, count, devices, tell, data, error))
MAKE(clCreateCommandQueue, QUEUE, (object context, object device, bits_t properties, code_t *error),
     (context, device, properties, error))
MAKE(clCreateBuffer, MEMORY, (object context, bits_t flags, size_t size, void *memory, code_t *error),
     (context, flags, size, memory, error))
MAKE(clCreateSubBuffer, MEMORY, (object memory, bits_t flags, uint_t how, const void *region, code_t *error),
     (memory, flags, how, region, error))
MAKE(clCreateProgramWithSource, PROGRAM,
     (object context, uint_t count, const char **texts, const size_t *lengths, code_t *error),
     (context, count, texts, lengths, error))
MAKE(clCreateProgramWithBinary, PROGRAM,
     (object context, uint_t count, const object *devices, const size_t *lengths, const unsigned char **binaries,
      code_t *status, code_t *error),
     (context, count, devices, lengths, binaries, status, error))
MAKE(clLinkProgram, PROGRAM,
     (object context, uint_t count, const object *devices, const char *options, uint_t programs, const object *of,
      void *tell, void *data, code_t *error),
     (context, count, devices, options, programs, of, tell, data, error))
MAKE(clCreateKernel, KERNEL, (object program, const char *name, code_t *error), (program, name, error))

REFERENCE(clRetainContext, CONTEXT, 1)
REFERENCE(clReleaseContext, CONTEXT, -1)
REFERENCE(clRetainCommandQueue, QUEUE, 1)
REFERENCE(clReleaseCommandQueue, QUEUE, -1)
REFERENCE(clRetainMemObject, MEMORY, 1)
REFERENCE(clReleaseMemObject, MEMORY, -1)
REFERENCE(clReleaseProgram, PROGRAM, -1)
REFERENCE(clReleaseKernel, KERNEL, -1)
REFERENCE(clRetainEvent, EVENT, 1)
REFERENCE(clReleaseEvent, EVENT, -1)

PLAIN(clBuildProgram,
      (object program, uint_t count, const object *devices, const char *options, void *tell, void *data),
      (program, count, devices, options, tell, data))
PLAIN(clSetKernelArg, (object kernel, uint_t index, size_t size, const void *value), (kernel, index, size, value))
code_t clWaitForEvents(uint_t count, const object *events) {
  static code_t (*next)(uint_t, const object *);
  if (!next) next = (code_t(*)(uint_t, const object *))function("clWaitForEvents");
  if (count && is_jocls(events[0], events[0])) return next(count, events);
  return fails("clWaitForEvents") ? control->code : next(count, events);
}

PLAIN(clSetEventCallback, (object event, code_t type, void *tell, void *data), (event, type, tell, data))
PLAIN(clFlush, (object queue), (queue))
PLAIN(clFinish, (object queue), (queue))

#define AFTER uint_t count, const object *before, object *event
ENQUEUE(clEnqueueNDRangeKernel,
        (object queue, object kernel, uint_t dimensions, const size_t *offset, const size_t *global,
         const size_t *local, AFTER),
        (queue, kernel, dimensions, offset, global, local, count, before, event))
ENQUEUE(clEnqueueBarrierWithWaitList, (object queue, AFTER), (queue, count, before, event))
ENQUEUE(clEnqueueReadBuffer,
        (object queue, object memory, uint_t blocking, size_t at, size_t size, void *to, AFTER),
        (queue, memory, blocking, at, size, to, count, before, event))
ENQUEUE(clEnqueueWriteBuffer,
        (object queue, object memory, uint_t blocking, size_t at, size_t size, const void *from, AFTER),
        (queue, memory, blocking, at, size, from, count, before, event))
ENQUEUE(clEnqueueCopyBuffer,
        (object queue, object from, object to, size_t from_at, size_t to_at, size_t size, AFTER),
        (queue, from, to, from_at, to_at, size, count, before, event))
code_t clEnqueueUnmapMemObject(object queue, object memory, void *mapped, AFTER) {
  static code_t (*next)(object, object, void *, AFTER);
  if (!next) *(void **)&next = function("clEnqueueUnmapMemObject");
  if (fails("clEnqueueUnmapMemObject")) return control->code;
  code_t code = next(queue, memory, mapped, count, before, event);
  if (code == 0 && event) keep_jocls(*event);
  return code;
}

void *clEnqueueMapBuffer(object queue, object memory, uint_t blocking, bits_t flags, size_t at, size_t size, AFTER,
                         code_t *error) {
  static void *(*next)(object, object, uint_t, bits_t, size_t, size_t, uint_t, const object *, object *, code_t *);
  if (!next) *(void **)&next = function("clEnqueueMapBuffer");
  if (fails("clEnqueueMapBuffer")) {
    if (error) *error = control->code;
    return 0;
  }
  void *mapped = next(queue, memory, blocking, flags, at, size, count, before, event, error);
  given(EVENT, mapped != 0 && event != 0);
  return mapped;
}

/* Tells no code. */
void *clSVMAlloc(object context, bits_t flags, size_t size, uint_t alignment) {
  static void *(*next)(object, bits_t, size_t, uint_t);
  if (!next) *(void **)&next = function("clSVMAlloc");
  void *made = fails("clSVMAlloc") ? 0 : next(context, flags, size, alignment);
  given(MEMORY, made != 0);
  return made;
}

/* Cannot fail. */
void clSVMFree(object context, void *memory) {
  static void (*next)(object, void *);
  if (!next) *(void **)&next = function("clSVMFree");
  next(context, memory);
  given(MEMORY, -1);
}
