//! Advice about memory: large pages, and what will be read soon.

/// Asks the system to back this memory, which nothing has written to yet, with huge pages.
///
/// The first touch of a page costs some microseconds of the kernel's time, whether it holds 4 KiB or 2 MiB: in a fresh
/// buffer of many megabytes that is as much as a pass over it. Does nothing for small buffers, and on systems that do not
/// know the request; a refusal changes nothing but speed.
pub fn prefer_huge_pages<T>(memory: &mut [T]) {
    #[cfg(target_os = "linux")]
    {
        const HUGE: usize = 2 << 20;
        let bytes = memory.as_mut_ptr_range();
        let start = (bytes.start as usize).next_multiple_of(HUGE);
        let end = bytes.end as usize / HUGE * HUGE;
        if start < end {
            // SAFETY: the range lies inside `memory` and starts on a page; the advice changes no contents.
            unsafe { libc::madvise(start as *mut _, end - start, libc::MADV_HUGEPAGE) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = memory;
}

/// Asks the processor to bring `memory` into its caches, for a read soon; changes nothing but speed.
#[inline(always)]
pub fn prefetch<T>(memory: &[T]) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        const LINE: usize = 64;
        let bytes = memory.as_ptr_range();
        let mut at = bytes.start.cast::<i8>();
        while at < bytes.end.cast() {
            // SAFETY: a prefetch reads nothing and faults on no address.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(at) };
            at = at.wrapping_add(LINE);
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = memory;
}
