/* SPDX-License-Identifier: ISC */
/* SANITIZED: built with sanitizers, which make system calls of their own. */
#ifndef SROAMD_SANITIZED_H
#define SROAMD_SANITIZED_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
#define SANITIZED	1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#undef SANITIZED
#define SANITIZED	1
#endif
#endif
