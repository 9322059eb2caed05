// An OpenCL library with one platform, which has no device or fails, as the environment says: the codes that two calls return.
#include <stdlib.h>
#include <string.h>

static int code(const char *variable) {
  const char *text = getenv(variable);
  return text ? atoi(text) : 0;
}

int clGetPlatformIDs(unsigned entries, void **platforms, unsigned *count) {
  int status = code("IDLE_PLATFORMS");
  if (status) return status;
  if (entries && platforms) *platforms = (void *)&code;
  if (count) *count = 1;
  return 0;
}

int clGetPlatformInfo(void *platform, unsigned what, size_t size, void *value, size_t *needed) {
  const char *text = getenv("IDLE_NAME");
  (void)platform;
  (void)what;
  if (!text) text = "Idle";
  if (needed) *needed = strlen(text) + 1;
  if (value && size > strlen(text)) strcpy(value, text);
  return 0;
}

int clGetDeviceIDs(void *platform, unsigned long type, unsigned entries, void **devices, unsigned *count) {
  (void)platform;
  (void)type;
  (void)entries;
  (void)devices;
  if (count) *count = 0;
  return code("IDLE_DEVICES");
}
