//! Names the machine on which a page was measured: processor, cores, memory, system.

use std::thread;

use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

/// Returns the machine in words: `2 cores of AMD EPYC, 24 GB, Linux (Debian 13)`.
pub(super) fn name() -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let kinds = RefreshKind::nothing()
        .with_cpu(CpuRefreshKind::nothing())
        .with_memory(MemoryRefreshKind::nothing().with_ram());
    let (brand, memory) = match System::new_with_specifics(kinds) {
        Ok(system) => {
            let brand = system.cpus().first().map(|cpu| cpu.brand().trim().to_owned());
            (brand, format!(", {:.0} GB", system.total_memory() as f64 / 1e9))
        }
        Err(_) => (None, String::new()),
    };
    let brand = brand.filter(|brand| !brand.is_empty()).unwrap_or_else(System::cpu_arch);
    let system =
        System::long_os_version().map_or_else(|_| String::new(), |name| format!(", {}", name.trim()));
    format!("{cores} cores of {brand}{memory}{system}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_machine_has_cores_and_memory() {
        let name = super::name();
        assert!(name.contains(" cores of ") && name.contains(" GB"), "{name}");
    }
}
