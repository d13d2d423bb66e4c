//! Sends each template through the capture mailer, without a database: `send_all [DIRECTORY]`.

use std::{error::Error, path::PathBuf};

use email::{
    domain::{Template, render, samples},
    mailer::{CaptureMailer, Mailbox, Mailer, Message},
};
use kernel::{Clock, Entropy, OsEntropy, SystemClock, input::Word as _};

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "a program for people")]
async fn main() -> Result<(), Box<dyn Error>> {
    let given = std::env::args_os().nth(1).map(PathBuf::from);
    let directory = given.unwrap_or_else(|| std::env::temp_dir().join("nextcrm-mail"));
    let mailer = CaptureMailer::new(directory.clone());
    let brand = samples::brand();
    for &template in Template::ALL {
        let now = SystemClock.now();
        let id = OsEntropy.uuid_v7(now).into();
        let content = render(&samples::mail(template), &brand)?;
        let message = Message::new(id, &brand, "jo@example.com".parse()?, template, content);
        mailer.send(&Message { created_at: now, ..message }).await?;
        println!("{:<22} {id}", template.as_str());
    }
    println!("{} messages lie in {}", mailer.messages().await?.len(), directory.display());
    Ok(())
}
