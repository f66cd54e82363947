//! A PostgreSQL server for tests: its own data in a temporary folder, reached by a unix socket and on loopback.

use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// The password of the user `reader`.
pub const PASSWORD: &str = "correct horse 'battery'";
/// PostgreSQL does not run as root; then it runs as nobody.
const NOBODY: u32 = 65_534;

/// A running server; it ends with this value.
pub struct Server {
    folder: tempfile::TempDir,
    programs: PathBuf,
    process: Mutex<Child>,
    pub port: u16,
}

static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());

/// The server that tests running at the same time share, each with a database of its own. None, said aloud, where
/// PostgreSQL is not installed.
pub fn shared() -> Option<Arc<Server>> {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(server) = shared.upgrade() {
        return Some(server);
    }
    let server = Arc::new(Server::start()?);
    *shared = Arc::downgrade(&server);
    Some(server)
}

impl Server {
    /// Starts one, or says that it is skipped.
    pub fn start() -> Option<Server> {
        let Some(programs) = programs() else {
            eprintln!("skipped: there is no PostgreSQL server on this machine (`make tools` installs one)");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("pg").tempdir().unwrap();
        if is_root() {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        std::fs::write(folder.path().join("password"), PASSWORD).unwrap();
        let data = folder.path().join("data");
        let made = plainly(&programs.join("initdb"))
            .args(["--no-sync", "--no-instructions", "--username=reader", "--encoding=UTF8", "--locale=C"])
            .args(["--auth-local=trust", "--auth-host=scram-sha-256"])
            .arg(format!("--pwfile={}/password", folder.path().display()))
            .arg("--pgdata")
            .arg(&data)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = run(&programs, folder.path(), port);
        let server = Server { folder, programs, process: Mutex::new(process), port };
        server.wait();
        Some(server)
    }

    fn wait(&self) {
        let begin = Instant::now();
        while !self.psql("postgres", "SELECT 1").is_ok_and(|answer| answer.trim() == "1") {
            assert!(begin.elapsed() < Duration::from_secs(120), "the server does not start: {}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Folder of its unix socket.
    pub fn socket(&self) -> &Path {
        self.folder.path()
    }

    /// Runs statements as the owner of everything.
    pub fn psql(&self, database: &str, sql: &str) -> Result<String, String> {
        let output = Command::new(self.programs.join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "reader", "-d", database, "-c", sql])
            .arg("-h")
            .arg(self.folder.path())
            .args(["-p", &self.port.to_string()])
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// As [`Server::psql`]; it must succeed.
    #[track_caller]
    pub fn sql(&self, database: &str, sql: &str) -> String {
        self.psql(database, sql).unwrap()
    }

    /// Makes a database.
    pub fn database(&self, name: &str) {
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
    }

    /// Ends it at once, as a crash would.
    pub fn stop(&self) {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let postmaster = process.id().to_string();
        // Immediate shutdown: connections are cut, nothing is brought to an end.
        let _ = Command::new("kill").args(["-QUIT", &postmaster]).status();
        let _ = process.wait();
    }

    /// Starts it again.
    pub fn restart(&self) {
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) =
            run(&self.programs, self.folder.path(), self.port);
        self.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Starts the server from a thread that does not end, since the server ends with the thread that started it.
fn run(programs: &Path, folder: &Path, port: u16) -> Child {
    let mut command = command(programs, folder, port);
    let (give, take) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        give.send(command.spawn().unwrap()).unwrap();
        loop {
            std::thread::park();
        }
    });
    take.recv().unwrap()
}

fn command(programs: &Path, folder: &Path, port: u16) -> Command {
    let log = std::fs::File::options().create(true).append(true).open(folder.join("log")).unwrap();
    let mut command = plainly(&programs.join("postgres"));
    command
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-c", "fsync=off", "-c", "shared_buffers=16MB"])
        .args(["-c", "logging_collector=off", "-c", "timezone=Asia/Kathmandu", "-c", "datestyle=German"])
        .arg("-k")
        .arg(folder)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log);
    command
}

/// The newest server installed, where Debian keeps them or on the path.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let number = |path: &PathBuf| path.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.map(|entry| entry.path().join("bin")).max_by_key(number);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all: Vec<PathBuf> = newest.into_iter().chain(std::env::split_paths(&path)).collect();
    all.into_iter().find(|folder| ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).is_file()))
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// A command that runs as an ordinary user, and ends when the tests do.
fn plainly(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if is_root() {
        let (user, group) = (format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"));
        command.args([user.as_str(), group.as_str(), "--clear-groups"]);
    }
    command.args(["--pdeathsig", "QUIT", "--"]).arg(program);
    command
}
