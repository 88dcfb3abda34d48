//! Memory in large pages, where the system gives them on request.

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
