//! The house rules of docs/architecture.md, kept by machine: who may depend on whom, and where queries may be.

#![allow(clippy::panic, reason = "a wrong answer ends the test")]
#![expect(clippy::unwrap_used, reason = "in a test a panic is the right answer to whatever goes wrong")]

#[path = "architecture/names.rs"]
mod names;
#[path = "architecture/resolving_tests.rs"]
mod resolving_tests;
#[path = "architecture/sources.rs"]
mod sources;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, TargetKind};
use kernel::{ErrorCode, FieldCode};
use names::Named;
use sources::{Crate, Source, rust_files};

/// What is below `crates/` and no domain: what all of them share, and what their tests share.
const SHARED_CRATES: [&str; 4] = ["kernel", "outbound", "platform", "test-support"];

fn workspace() -> &'static Metadata {
    static WORKSPACE: OnceLock<Metadata> = OnceLock::new();
    WORKSPACE.get_or_init(|| MetadataCommand::new().no_deps().other_options(["--offline".to_owned()]).exec().unwrap())
}

fn root() -> &'static Path {
    workspace().workspace_root.as_std_path()
}

fn package(name: &str) -> &'static Package {
    workspace().packages.iter().find(|package| package.name == name).unwrap_or_else(|| panic!("there is no {name}"))
}

/// Every crate below `crates/` that is not shared.
fn domain_packages() -> Vec<&'static Package> {
    let crates = root().join("crates");
    let is_domain =
        |package: &&Package| directory(package).starts_with(&crates) && !SHARED_CRATES.contains(&package.name.as_str());
    let packages: Vec<_> = workspace().packages.iter().filter(is_domain).collect();
    for name in ["auth", "tenancy", "integrations", "metering", "audit", "email", "support"] {
        assert!(packages.iter().any(|package| package.name == name), "{name} is not looked at");
    }
    packages
}

fn is_domain(name: &str) -> bool {
    domain_packages().iter().any(|package| package.name == name)
}

fn directory(package: &Package) -> PathBuf {
    package.manifest_path.parent().unwrap().as_std_path().to_owned()
}

/// The library of a package.
fn library(package: &Package) -> Crate {
    let krate = Crate::read(root(), &directory(package).join("src/lib.rs"));
    let names = krate.files.iter().map(|file| file.names.named.len()).sum::<usize>();
    let is_laid_out_only = krate.files.len() == 1;
    assert!(names > 0 || is_laid_out_only, "{} names nothing", package.name);
    krate
}

fn shell() -> Crate {
    let shell = library(package("nextcrm"));
    assert!(shell.files.len() > 100, "found {} files of the shell", shell.files.len());
    shell
}

#[track_caller]
fn none(rule: &str, offences: Vec<String>) {
    assert!(offences.is_empty(), "{rule}\n  {}", offences.join("\n  "));
}

/// Rule 1, development dependencies included: a domain's tests do without the others too.
#[test]
fn domain_crates_depend_on_what_is_shared_never_on_each_other_nor_on_http() {
    let mut offences = Vec::new();
    for package in domain_packages() {
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            // A crate's own mocks are what its second example shows.
            let is_other = is_domain(name) && name != package.name.as_str();
            if is_other || name.starts_with("actix") || name == "nextcrm" {
                offences.push(format!("{} depends on {name}", package.name));
            }
        }
    }
    none("Ask through a port of your own; the shell fits the other crate to it.", offences);
}

/// Tests may call as they like.
#[test]
fn only_outbound_calls_others_by_http() {
    let (callers, others): (Vec<_>, Vec<_>) = workspace()
        .packages
        .iter()
        .filter(|package| {
            let mut calls = package.dependencies.iter().filter(|dependency| dependency.name.starts_with("reqwest"));
            calls.any(|dependency| dependency.kind != DependencyKind::Development)
        })
        .map(|package| package.name.to_string())
        .partition(|name| name == "outbound");
    assert_eq!(callers, ["outbound"]);
    none("Call others through a client of outbound.", others);
}

#[test]
fn what_is_shared_knows_no_domain_and_the_kernel_nothing_that_runs() {
    let mut offences = Vec::new();
    for package in ["kernel", "platform", "outbound", "migrations"].map(package) {
        assert!(!package.dependencies.is_empty(), "{} depends on nothing?", package.name);
        let wrong = package.dependencies.iter().map(|dependency| dependency.name.as_str());
        let runs = |name: &str| match package.name.as_str() {
            "kernel" => ["platform", "outbound"].contains(&name),
            "platform" => name == "outbound",
            "outbound" => name == "platform",
            _ => false,
        };
        let wrong = wrong.filter(|name| is_domain(name) || name.starts_with("actix") || runs(name));
        offences.extend(wrong.map(|name| format!("{} depends on {name}", package.name)));
    }
    none("What everybody shares depends on nobody.", offences);
}

/// The next tests see only what is reached from the crates' first files.
#[test]
fn every_file_is_a_module_of_its_crate() {
    for package in &workspace().packages {
        let source = directory(package).join("src");
        let mut reached = BTreeSet::new();
        for target in &package.targets {
            if !target.is_kind(TargetKind::Test) && target.src_path.starts_with(&source) {
                let krate = Crate::read(root(), target.src_path.as_std_path());
                reached.extend(krate.files.into_iter().map(|file| root().join(file.path)));
            }
        }
        let lost: Vec<_> = rust_files(&source).difference(&reached).map(|path| path.display().to_string()).collect();
        none("Nothing declares these files as modules.", lost);
    }
}

const LIBRARIES: [&str; 3] = ["sea_orm", "sqlx", "sea_query"];
const CALLS: [&str; 2] = ["executor", "reader"];

/// Rule 2, first half.
#[test]
fn queries_are_only_under_store() {
    let mut offences = Vec::new();
    let mut queries = 0;
    let mut check = |krate: &Crate, file: &Source| {
        let is_query = |named: &Named| LIBRARIES.contains(&krate.resolve(named)[0].as_str());
        if file.is_in("store") {
            queries += file.offences(is_query).len();
            return;
        }
        // A mocked port fails with a store's error, and that is made of the driver's.
        let is_allowed =
            |named: &Named| file.is_test() && krate.resolve(named).starts_with(&["sea_orm".into(), "DbErr".into()]);
        offences.extend(file.offences(|named| is_query(named) && !is_allowed(named)));
        // The command line and the start migrate and look into the database as such.
        if !["cli", "serve"].iter().any(|room| file.is_in(room)) {
            let calls = file.names.calls.iter().filter(|(_, method)| CALLS.contains(&method.as_str()));
            offences.extend(calls.map(|(line, method)| format!("{}:{line}: .{method}()", file.path)));
        }
    };
    for krate in domain_packages().into_iter().map(library).chain([shell()]) {
        krate.files.iter().for_each(|file| check(&krate, file));
    }
    assert!(queries >= 500, "found {queries} names of the database's libraries under store/");
    none("Queries and entities belong under store/.", offences);
}

/// Every other write is in a `Tx`.
#[test]
fn only_migrations_and_commands_write_without_a_transaction() {
    let names_it = |named: &Named| named.path.iter().any(|part| part == "Maintenance");
    let (mut commands, mut offences) = (0, Vec::new());
    for krate in domain_packages().into_iter().map(library).chain([shell()]) {
        for file in &krate.files {
            let found = file.offences(names_it);
            if ["cli", "serve"].iter().any(|room| file.is_in(room)) {
                commands += found.len();
            } else {
                offences.extend(found);
            }
        }
    }
    assert!(commands > 0, "no command names it");
    none("Write in a Tx.", offences);
}

/// Who opens the transaction is one rule: it stands in docs/architecture.md, under "Transactions".
#[test]
fn handlers_open_no_transaction() {
    let shell = shell();
    let routes: Vec<_> = shell.files.iter().filter(|file| file.is_in("routes")).collect();
    assert!(routes.len() > 80, "found {} files of routes", routes.len());
    let ends = |method: &str| ["begin", "commit", "rollback"].contains(&method);
    let offences = routes.iter().flat_map(|file| {
        let calls = file.names.calls.iter().filter(|(_, method)| ends(method));
        calls.map(|(line, method)| format!("{}:{line}: .{method}()", file.path))
    });
    none(
        "Take the transaction of the idempotency key, or leave it to the workflow or the service.",
        offences.collect(),
    );
}

/// Rule 2, second half: domain <- repository <- service, and store only implements repository.
#[test]
fn inside_a_crate_knowledge_goes_one_way() {
    let forbidden: [(&str, &[&str]); 4] = [
        ("domain", &["repository", "service", "store"]),
        ("repository", &["service", "store"]),
        ("service", &["store"]),
        ("store", &["service"]),
    ];
    let mut offences = Vec::new();
    for (room, unknown) in forbidden {
        let mut checked = 0;
        for krate in domain_packages().into_iter().map(library) {
            for file in krate.files.iter().filter(|file| file.module.first().is_some_and(|first| first == room)) {
                let reaches = |named: &Named| {
                    let path = krate.resolve(named);
                    path[0] == "crate" && path.get(1).is_some_and(|other| unknown.contains(&other.as_str()))
                };
                offences.extend(file.offences(reaches));
                checked += file.names.named.len();
            }
        }
        assert!(checked >= 100, "found {checked} names in {room}");
    }
    none("The inner room may not know the outer one.", offences);
}

/// What is erased of events has no port yet: this workflow holds the platform's store, which has no state, as it is.
const WITHOUT_A_PORT: &str = "apps/api/src/workflows/erase_person.rs";

/// Rule 3.
#[test]
fn only_the_composition_names_concrete_stores() {
    let libraries: Vec<_> = domain_packages().into_iter().chain([package("platform")]).map(library).collect();
    let files = libraries.iter().flat_map(|krate| &krate.files);
    let files = files.filter(|file| file.is_in("store") && !file.is_in("entity"));
    let stores: BTreeSet<&str> = files.flat_map(|file| &file.names.public_structs).map(String::as_str).collect();
    for store in ["TenantStore", "AdminStore", "AuditStore"] {
        assert!(stores.contains(store), "{store} is not among {stores:?}");
    }

    let names_store = |named: &Named| named.path.iter().any(|part| stores.contains(part.as_str()));
    let shell = shell();
    let (composition, others): (Vec<_>, Vec<_>) = shell.files.iter().partition(|file| file.is_in("composition"));
    let named: usize = composition.iter().map(|file| file.offences(names_store).len()).sum();
    assert!(named >= 10, "the composition names {named} stores");
    let others = others.iter().filter(|source| source.path != WITHOUT_A_PORT);
    none(
        "Take the port; composition chooses the store.",
        others.flat_map(|source| source.offences(names_store)).collect(),
    );
}

#[test]
fn every_library_crate_explains_itself() {
    let mut offences = Vec::new();
    let mut libraries = 0;
    for package in &workspace().packages {
        let directory = directory(package);
        let is_library = !directory.parent().is_some_and(|parent| parent.ends_with("apps"));
        libraries += usize::from(is_library);
        if is_library && package.name != "migrations" && !directory.join("README.md").is_file() {
            offences.push(format!("{} has no README.md", package.name));
        }
        let denies = |path: &Path| fs::read_to_string(path).unwrap().contains("#![deny(missing_docs)]");
        if is_library && !denies(&directory.join("src/lib.rs")) {
            offences.push(format!("{} does not deny missing documentation", package.name));
        }
        if package.publish.as_ref().is_none_or(|registries| !registries.is_empty()) {
            offences.push(format!("{} could be published", package.name));
        }
    }
    assert!(libraries >= 7, "found {libraries} libraries");
    none("A crate explains itself.", offences);
}

/// Where a test may sleep, and why that is no waiting for something to have happened by then.
const SLEEPERS: [(&str, &str); 10] = [
    ("apps/api/tests/bad_input.rs", "a handler that is slow"),
    ("apps/api/tests/binary/kill.rs", "that a server does not stop has no end to wait for"),
    ("apps/api/tests/binary/resets.rs", "clients that leave after a while"),
    ("apps/api/tests/binary/support/server.rs", "polls, and looks whether the process still lives"),
    ("apps/api/tests/outage.rs", "spans to measure in, and load spread over a time"),
    ("crates/email/src/service/dispatcher_tests.rs", "a mailer that takes a while, in paused time"),
    ("crates/email/tests/drain.rs", "a mailer that takes a while"),
    ("crates/outbound/tests/calls.rs", "a circuit that is open for a time, and calls one after the other"),
    ("crates/platform/src/queue/worker_tests.rs", "a handler that takes a while"),
    ("crates/platform/tests/jobs.rs", "a job that takes a while"),
];

/// A fixed time is too short on a busy machine and too long on any other: `test_support::eventually`.
#[test]
fn tests_wait_for_what_they_wait_for() {
    let is_test = |path: &PathBuf| {
        let below = path.strip_prefix(root()).unwrap();
        below.iter().any(|part| part == "tests") || below.to_string_lossy().ends_with("_tests.rs")
    };
    let files: Vec<_> =
        ["crates", "apps"].iter().flat_map(|place| rust_files(&root().join(place))).filter(is_test).collect();
    assert!(files.len() >= 60, "found {} files of tests", files.len());
    let mut sleepers = BTreeSet::new();
    for file in files {
        let names = names::Names::read(&fs::read_to_string(&file).unwrap(), &[], true).unwrap();
        if names.named.iter().any(|named| named.path.last().is_some_and(|last| last == "sleep")) {
            sleepers.insert(file.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/"));
        }
    }
    let known: BTreeSet<String> = SLEEPERS.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(sleepers, known, "wait with test_support::eventually, or say why a sleep is right");
}

/// docs/errors.md lists all variants, so each of them must be one that a client can get.
#[test]
fn every_code_is_answered_by_something() {
    let mut answered = BTreeSet::new();
    for krate in
        domain_packages().into_iter().chain([package("kernel"), package("platform")]).map(library).chain([shell()])
    {
        let is_table =
            |file: &Source| ["crates/kernel/src/codes.rs", "apps/api/src/error_codes.rs"].contains(&file.path.as_str());
        for named in krate.files.iter().filter(|file| !is_table(file)).flat_map(|file| &file.names.named) {
            if let (false, [.., code, variant]) = (named.in_test, &named.path[..]) {
                answered.insert(format!("{code}::{variant}"));
            }
        }
    }
    let problems = ErrorCode::ALL.iter().map(|code| format!("ErrorCode::{code:?}"));
    let fields = FieldCode::ALL.iter().map(|code| format!("FieldCode::{code:?}"));
    let never = problems.chain(fields).filter(|code| !answered.contains(code));
    none("Nothing answers these codes: take them out.", never.collect());
}
