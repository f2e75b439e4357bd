// A folder that may hold code that this process will run: it belongs to this user alone, and it is
// used through the handle on which that was checked, never again by its path.
#ifndef TNO_CPU_CACHE_FOLDER_H_
#define TNO_CPU_CACHE_FOLDER_H_

#include <string>

#include "file.h"

namespace tno::cpu {

// Opens `path`, making it (mode 0700) where it is missing. `reason` says why the result is not
// open: a link, another owner, rights for others, no place to make it, or mounted without
// execution.
File open_cache_folder(const std::string& path, std::string& reason);

// A fresh folder of this process, gone with its files when the object goes.
class PrivateFolder {
 public:
  PrivateFolder();
  ~PrivateFolder();
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;

  bool is_open() const { return file_.is_open(); }
  int fd() const { return file_.fd(); }

 private:
  std::string path_;
  File file_;
};

}  // namespace tno::cpu

#endif  // TNO_CPU_CACHE_FOLDER_H_
