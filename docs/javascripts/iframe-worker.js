/* Opened from a folder, a page may start no worker; the search then runs in a hidden frame instead. */
(() => {
  "use strict"
  if (location.protocol !== "file:") return

  /* What a worker has and a page has not: it waits for scripts, and it speaks to its owner. */
  function inside() {
    window.importScripts = async (...addresses) => {
      for (const address of addresses) {
        await new Promise((loaded, failed) => {
          const script = document.createElement("script")
          script.onload = loaded
          script.onerror = () => failed(new Error(address))
          script.src = address
          document.head.append(script)
        })
      }
    }
    window.postMessage = (data) => frameElement.owner.tell(data)
  }

  class FrameWorker extends EventTarget {
    constructor(address) {
      super()
      this.waiting = []
      this.frame = document.createElement("iframe")
      this.frame.hidden = true
      this.frame.owner = this
      const source = new URL(address, document.baseURI).href.replaceAll('"', "%22")
      this.frame.srcdoc = `<head><script>(${inside})()</script><script src="${source}"></script></head>`
      this.frame.addEventListener("load", () => {
        const waiting = this.waiting
        this.waiting = null
        waiting.forEach((data) => this.postMessage(data))
      })
      document.documentElement.append(this.frame)
    }

    postMessage(data) {
      if (this.waiting) this.waiting.push(data)
      else this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data }))
    }

    tell(data) {
      const event = new MessageEvent("message", { data })
      this.dispatchEvent(event)
      if (this.onmessage) this.onmessage(event)
    }

    terminate() {
      this.frame.remove()
    }
  }

  /* The search asks for the second name to learn that it runs in a frame. */
  window.Worker = window.IFrameWorker = FrameWorker
})()
